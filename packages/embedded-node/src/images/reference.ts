import { EmbeddedNodeError } from '../errors.ts';

/** The name of an image in its full form. */
export interface ImageReference {
  /** Registry and repository, for example `docker.io/library/nginx`. */
  readonly name: string;
  readonly tag?: string | undefined;
  /** For example `sha256:...`. */
  readonly digest?: string | undefined;
}

const namePattern =
  /^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;

/**
 * Reads a reference as container runtimes do: without a registry it is of docker.io, without tag and digest it means
 * `latest`.
 *
 * @throws EmbeddedNodeError `InvalidImageName`
 */
export function parseReference(text: string): ImageReference {
  const [beforeDigest = '', digest, ...rest] = text.split('@');
  const colon = beforeDigest.lastIndexOf(':');
  const hasTag = colon > beforeDigest.lastIndexOf('/');
  const name = hasTag ? beforeDigest.slice(0, colon) : beforeDigest;
  const tag = hasTag ? beforeDigest.slice(colon + 1) : undefined;
  const valid =
    rest.length === 0 &&
    namePattern.test(name) &&
    (tag === undefined || /^\w[\w.-]{0,127}$/.test(tag)) &&
    (digest === undefined || /^sha256:[0-9a-f]{64}$/.test(digest));
  if (!valid)
    throw new EmbeddedNodeError('InvalidImageName', `${JSON.stringify(text)} is not a reference of an image`);
  return { name: fullName(name), tag: tag ?? (digest === undefined ? 'latest' : undefined), digest };
}

function fullName(name: string): string {
  const slash = name.indexOf('/');
  if (slash < 0) return `docker.io/library/${name}`;
  const first = name.slice(0, slash);
  return /[.:]/.test(first) || first === 'localhost' ? name : `docker.io/${name}`;
}

/** The full text of a reference, equal for references that mean the same. */
export function formatReference({ name, tag, digest }: ImageReference): string {
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
