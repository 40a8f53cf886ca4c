/** Everything that one container's sandbox is made of. Data only: gathered first, turned into arguments by pure code. */
export interface SandboxSpecification {
  /** Unique per start of a container; also found in the arguments of the sandbox's processes. */
  readonly id: string;
  readonly hostname: string;
  readonly rootFilesystem: RootFilesystem;
  /** Path of the network namespace; the host's network when absent. */
  readonly networkNamespace?: string | undefined;
  readonly mounts: readonly SandboxMount[];
  readonly devices: readonly SandboxDevice[];
  readonly user: SandboxUser;
  /** Absolute path inside of the sandbox. */
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Program and arguments, at least one. */
  readonly command: readonly string[];
  /** Where the program's output is appended, on the host. */
  readonly log: string;
}

/** `host`: the programs of the machine, read only, with fresh /tmp, /run and /var. `folder`: an unpacked image. */
export type RootFilesystem =
  | { readonly type: 'host' }
  | {
      readonly type: 'folder';
      readonly path: string;
      /** Where changes go (root only); the file system is read only when absent. */
      readonly writableLayer?: { readonly upper: string; readonly work: string; readonly merged: string };
    };

/** A file or folder of the host inside of the sandbox. */
export interface SandboxMount {
  readonly source: string;
  readonly destination: string;
  readonly readOnly: boolean;
}

/** A device node made for this Pod. */
export interface SandboxDevice {
  readonly source: string;
  readonly destination: string;
}

export interface SandboxUser {
  readonly uid: number;
  readonly gid: number;
  readonly supplementalGroups: readonly number[];
  /** Names as in capabilities(7), with the prefix, for example `CAP_NET_RAW`. */
  readonly capabilities: readonly string[];
}
