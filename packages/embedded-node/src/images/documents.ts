import { z } from 'zod';
import { EmbeddedNodeError } from '../errors.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** OCI image specification 1.1, "Content Descriptors". */
const descriptorSchema = z.looseObject({
  mediaType: z.string(),
  digest,
  size: z.number().int().nonnegative(),
  annotations: z.record(z.string(), z.string()).optional(),
  platform: z.looseObject({ architecture: z.string(), os: z.string() }).optional(),
});
export type Descriptor = z.output<typeof descriptorSchema>;

export const indexSchema = z.looseObject({ manifests: z.array(descriptorSchema) });

export const manifestSchema = z.looseObject({ config: descriptorSchema, layers: z.array(descriptorSchema) });
export type Manifest = z.output<typeof manifestSchema>;

/** What a container takes from its image unless the Pod says otherwise. */
export const imageConfigurationSchema = z.looseObject({
  architecture: z.string().optional(),
  config: z
    .looseObject({
      User: z.string().optional(),
      Env: z.array(z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
      WorkingDir: z.string().optional(),
    })
    .nullish(),
});
export type ImageConfiguration = z.output<typeof imageConfigurationSchema>;

export const mediaTypes = {
  index: [
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
  ],
  manifest: [
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.v2+json',
  ],
} as const;

/** Reads a JSON document of an image. @throws EmbeddedNodeError `ImageInvalid` */
export function parseDocument<T>(schema: z.ZodType<T>, text: string, what: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new EmbeddedNodeError('ImageInvalid', `${what} of the image cannot be read`, { cause });
  }
}
