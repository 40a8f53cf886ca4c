import type { VersionInfo } from '../version.ts';

/** A version in the form that scripts around virtctl parse: a struct in Go's syntax. */
export function versionStruct(version: VersionInfo): string {
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['GitVersion', version.gitVersion],
    ['GitCommit', version.gitCommit],
    ['GitTreeState', version.gitTreeState],
    ['BuildDate', version.buildDate],
    ['GoVersion', version.goVersion],
    ['Compiler', version.compiler],
    ['Platform', version.platform],
  ];
  return `version.Info{${fields.map(([name, value = '']) => `${name}:${JSON.stringify(value)}`).join(', ')}}`;
}
