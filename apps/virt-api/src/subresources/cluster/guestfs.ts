import { z } from 'zod';
import { json, type Route } from '../route.ts';

/** What the operator records of the installation, as JSON in the KubeVirt object's status. */
const deploymentSchema = z.object({
  registry: z.string().default(''),
  imagePrefix: z.string().default(''),
  kubeVirtVersion: z.string().default(''),
  additionalProperties: z.object({ GsImage: z.string().default('') }).optional(),
  GsImage: z.string().default(''),
});

/** The image with libguestfs that belongs to this installation (KubeVirt subresources, guestfs). */
export const guestfs: Route = {
  method: 'GET',
  async answer({ kubeVirts }) {
    const status = kubeVirts[0]?.status;
    const recorded = status?.observedDeploymentConfig;
    if (recorded === undefined || recorded === '')
      return failed('the KubeVirt object does not tell how the platform was installed');
    const parsed = parse(recorded);
    if (parsed === undefined) return failed('observedDeploymentConfig of the KubeVirt object cannot be read');
    const version = status?.observedKubeVirtVersion ?? parsed.kubeVirtVersion;
    const isDigest = version.startsWith('sha256:');
    return json({
      registry: status?.observedKubeVirtRegistry ?? parsed.registry,
      tag: isDigest ? '' : version,
      digest: isDigest ? version : '',
      imagePrefix: parsed.imagePrefix,
      gsImage: parsed.GsImage || (parsed.additionalProperties?.GsImage ?? ''),
    });
  },
};

function parse(text: string): z.output<typeof deploymentSchema> | undefined {
  try {
    return deploymentSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const failed = (error: string) => json({ guestfs: { status: 'failed', error } }, 500);
