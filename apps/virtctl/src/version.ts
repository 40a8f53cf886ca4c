import manifest from '../package.json' with { type: 'json' };

/** The `version` answer of `subresources.kubevirt.io`; a server may leave fields out. */
export interface VersionInfo {
  readonly gitVersion?: string;
  readonly gitCommit?: string;
  readonly gitTreeState?: string;
  readonly buildDate?: string;
  readonly goVersion?: string;
  readonly compiler?: string;
  readonly platform?: string;
}

/** Go's names of processor architectures, which the answer uses. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The version of this program. Commit and build date are not recorded, and it is not written in Go. */
export const clientVersion: VersionInfo = {
  gitVersion: `v${manifest.version}`,
  compiler: `node ${process.version}`,
  platform: `${process.platform}/${architectures[process.arch] ?? process.arch}`,
};

export const userAgent = `virtctl/${manifest.version}`;

/** Whether major and minor version are the same; undefined when one of them is not of the form `v1.2.3`. */
export function sameRelease(a: VersionInfo, b: VersionInfo): boolean | undefined {
  const [first, second] = [releaseOf(a), releaseOf(b)];
  return first === undefined || second === undefined ? undefined : first === second;
}

function releaseOf({ gitVersion }: VersionInfo): string | undefined {
  return /^v?(\d+\.\d+)(?:\D|$)/.exec(gitVersion ?? '')?.[1];
}
