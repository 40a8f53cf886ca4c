/** The contract's version. A client and a server understand each other when their majors are equal. */
export const launcherApiVersion = { major: 1, minor: 2 } as const;

/** Carries the sender's version (`MAJOR.MINOR`) on every request and response. */
export const versionHeader = 'virtkit-launcher-api';

/** Names the id under which the outcome of an upgraded stream can be asked for. */
export const streamHeader = 'virtkit-stream-id';

/** The protocol of upgraded connections: raw bytes in both directions. */
export const streamProtocol = 'virtkit-stream';

export const basePath = `/v${launcherApiVersion.major}`;

export function formatVersion({ major, minor }: { major: number; minor: number }): string {
  return `${major}.${minor}`;
}

/** Reads a version such as `1.2`. @returns undefined when the text is not one */
export function parseVersion(text: string): { major: number; minor: number } | undefined {
  const match = /^(\d{1,4})\.(\d{1,4})$/.exec(text);
  return match ? { major: Number(match[1]), minor: Number(match[2]) } : undefined;
}
