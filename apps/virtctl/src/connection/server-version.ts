import { isApiError, type Client } from '@virtkit/sdk';
import { clientVersion, sameRelease, type VersionInfo } from '../version.ts';

/** Asks the server for its version. @throws ApiError */
export async function fetchServerVersion(client: Client, signal?: AbortSignal): Promise<VersionInfo> {
  const response = await client.request({
    method: 'GET',
    path: '/apis/subresources.kubevirt.io/v1/version',
    signal,
  });
  const body = await response.json();
  return typeof body === 'object' && body !== null ? body : {};
}

/**
 * What is shown before an error of a server of another release, or of one that does not tell its version; undefined
 * when there is nothing to say.
 */
export async function versionRemark(client: Client, signal?: AbortSignal): Promise<string | undefined> {
  let server: VersionInfo;
  try {
    server = await fetchServerVersion(client, signal);
  } catch (error) {
    if (isApiError(error))
      return `The version of the server cannot be compared with this one: ${error.message}`;
    throw error;
  }
  if (sameRelease(clientVersion, server) === true) return undefined;
  return `virtctl ${clientVersion.gitVersion ?? ''} and the server, ${server.gitVersion ?? 'which tells no version'}, are not of the same release.`;
}
