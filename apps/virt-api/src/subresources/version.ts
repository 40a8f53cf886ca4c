import manifest from '../../package.json' with { type: 'json' };

/** Go's names of processor architectures, which the answer uses. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The answer of `version`. Commit and build date are not recorded. */
export const versionInfo = {
  gitVersion: `v${manifest.version}`,
  gitCommit: '',
  gitTreeState: '',
  buildDate: '',
  goVersion: '',
  compiler: `node ${process.version}`,
  platform: `${process.platform}/${architectures[process.arch] ?? process.arch}`,
};
