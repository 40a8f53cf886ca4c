import type { Container } from '@virtkit/core-types';
import { EmbeddedNodeError } from '../errors.ts';
import type { ImageStore } from '../images/image-store.ts';
import { formatReference, parseReference } from '../images/reference.ts';
import type { RootFilesystem, SandboxMount } from '../sandbox/specification.ts';

/** An image that is not a set of files but the machine's own programs. */
export interface BuiltInImage {
  /** For example `virtkit.dev/virt-launcher:0.1.0`. */
  readonly reference: string;
  /** Command lines by the first word of the container's command, which they replace. */
  readonly programs?: Readonly<Record<string, readonly string[]>>;
  /** Command when the container gives none. */
  readonly entrypoint?: readonly string[];
  /** Further files of the host that its containers see, read only. */
  readonly binds?: readonly { readonly source: string; readonly destination?: string }[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a container takes from its image. */
export interface ContainerImage {
  readonly reference: string;
  /** Identity of the content, for the status. */
  readonly id: string;
  readonly rootFilesystem: RootFilesystem;
  readonly mounts: readonly SandboxMount[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory?: string | undefined;
  /** User that the image wants, when it is a number. */
  readonly user?: { readonly uid: number; readonly gid?: number | undefined } | undefined;
  /** Command line for what the container says; variables are already expanded. */
  command(command: readonly string[] | undefined, args: readonly string[] | undefined): readonly string[];
}

export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Finds the image of a container.
 *
 * @throws EmbeddedNodeError `ImageNotFound`, `ImageInvalid`, `InvalidImageName`
 */
export async function findImage(
  container: Container,
  builtIn: readonly BuiltInImage[],
  store: ImageStore,
): Promise<ContainerImage> {
  const reference = formatReference(parseReference(container.image ?? ''));
  const local = builtIn.find((image) => formatReference(parseReference(image.reference)) === reference);
  return local === undefined ? storedImage(reference, store) : builtInImage(local);
}

function builtInImage(image: BuiltInImage): ContainerImage {
  return {
    reference: image.reference,
    id: `builtin://${image.reference}`,
    rootFilesystem: { type: 'host' },
    mounts: (image.binds ?? []).map(({ source, destination = source }) => ({
      source,
      destination,
      readOnly: true,
    })),
    environment: { PATH: defaultPath, ...image.environment },
    command: (command, args) => {
      const line = command ?? image.entrypoint;
      if (line === undefined) throw noCommand(image.reference);
      const [program = '', ...rest] = line;
      return [...(image.programs?.[program] ?? [program]), ...rest, ...(args ?? [])];
    },
  };
}

async function storedImage(reference: string, store: ImageStore): Promise<ContainerImage> {
  const image = await store.unpack(reference);
  const config = image.configuration.config ?? {};
  const environment = Object.fromEntries(
    (config.Env ?? []).map((text) => [text.split('=', 1)[0]!, text.slice(text.indexOf('=') + 1)]),
  );
  return {
    reference,
    id: image.digest,
    rootFilesystem: { type: 'folder', path: image.path },
    mounts: [],
    environment: { PATH: defaultPath, ...environment },
    workingDirectory: config.WorkingDir === '' ? undefined : config.WorkingDir,
    user: numericUser(config.User),
    command: (command, args) => {
      // A command of the Pod replaces the entry point and, without args, also the arguments of the image.
      const line = [
        ...(command ?? config.Entrypoint ?? []),
        ...(args ?? (command === undefined ? (config.Cmd ?? []) : [])),
      ];
      if (line.length === 0) throw noCommand(reference);
      return line;
    },
  };
}

/** A user by name would have to be looked up in files of the image, which is not trusted: such images need `runAsUser`. */
function numericUser(user: string | undefined): ContainerImage['user'] {
  if (user === undefined || user === '') return undefined;
  const match = /^(\d+)(?::(\d+))?$/.exec(user);
  if (match === null) {
    if (user === 'root' || user.startsWith('root:')) return { uid: 0 };
    throw new EmbeddedNodeError(
      'Unsupported',
      `the image runs as user ${JSON.stringify(user)}, a name: set securityContext.runAsUser to its number`,
    );
  }
  return { uid: Number(match[1]), gid: match[2] === undefined ? undefined : Number(match[2]) };
}

function noCommand(reference: string): EmbeddedNodeError {
  return new EmbeddedNodeError(
    'StartFailed',
    `neither the container nor image ${reference} says what to run`,
  );
}
