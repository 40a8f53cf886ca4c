import { InstallError } from './errors.ts';

/** The programs that have an image each. */
export const programs = [
  'virt-operator',
  'virt-api',
  'virt-controller',
  'virt-handler',
  'virt-launcher',
] as const;

/** A program with an image. */
export type Program = (typeof programs)[number];

/** The image of each program. */
export type Images = Readonly<Record<Program, string>>;

/** Where images come from unless told otherwise. */
export const defaultRegistry = 'virtkit.dev';

/** Which images are meant: all of one registry and tag, single ones by name, for example with a digest. */
export interface ImageChoice {
  readonly registry: string;
  readonly tag: string;
  /** Before each program's name in its image's, as in `registry/prefix-virt-api`. */
  readonly prefix?: string;
  readonly images?: Partial<Images>;
}

/** The images of all programs. */
export function imagesOf({ registry, tag, prefix = '', images = {} }: ImageChoice): Images {
  const entries = programs.map((program) => [
    program,
    images[program] ?? `${registry.replace(/\/$/, '')}/${prefix}${program}${separatorOf(tag)}${tag}`,
  ]);
  return Object.fromEntries(entries) as Images;
}

/** A digest stands after another sign than a tag. */
function separatorOf(tag: string): string {
  return /^sha\d+:/.test(tag) ? '@' : ':';
}

/**
 * The parts of the operator's own image, from which those of the other images follow.
 * @throws InstallError `invalid-option` for a text that names no image of virt-operator with a tag or digest
 */
export function parseOperatorImage(image: string): { registry: string; prefix: string; tag: string } {
  const parts = /^(?<registry>.+)\/(?<prefix>[^/:@]*)virt-operator(?:@|:)(?<tag>[^/]+)$/.exec(image)?.groups;
  if (parts === undefined)
    throw new InstallError(
      'invalid-option',
      `${JSON.stringify(image)} names no image of virt-operator with a tag`,
    );
  return { registry: parts['registry']!, prefix: parts['prefix']!, tag: parts['tag']! };
}
