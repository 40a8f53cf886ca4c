import { request as httpsRequest } from 'node:https';
import { isObject, type JsonObject } from '../object/json.ts';
import { transportFailure } from '../webhooks/transport-failure.ts';
import type { RemoteConnections } from './connection.ts';
import { identityHeaders } from './front-proxy.ts';
import type { RemoteApiService } from './types.ts';

const PROBE_LIMIT_MS = 5000;
const MAX_BYTES = 2 * 1024 * 1024;
const AGGREGATOR = { name: 'system:kube-aggregator', groups: ['system:masters'] };

/**
 * Asks the server of an APIService for the resources of its group and version.
 * @returns the APIResourceList
 * @throws Error with what went wrong
 */
export async function probe(
  connections: RemoteConnections,
  service: RemoteApiService,
  signal: AbortSignal,
): Promise<JsonObject> {
  const { group, version } = service.spec;
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const options = await connections.options(service);
  const where = `https://${options.host}:${options.port}${path}`;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PROBE_LIMIT_MS)]);
  try {
    return await new Promise<JsonObject>((resolve, reject) => {
      const outgoing = httpsRequest(
        {
          ...options,
          path,
          signal: limit,
          headers: { accept: 'application/json', ...identityHeaders(AGGREGATOR) },
        },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > MAX_BYTES) response.destroy(new Error(`the answer is larger than ${MAX_BYTES} bytes`));
            else chunks.push(chunk);
          });
          response.once('error', reject);
          response.once('end', () => {
            const { statusCode = 0 } = response;
            if (statusCode < 200 || statusCode >= 300)
              reject(new BadStatus(`bad status from ${where}: ${statusCode}`));
            else resolve(resourceList(Buffer.concat(chunks).toString('utf8')));
          });
        },
      );
      outgoing.once('error', reject);
      outgoing.end();
    });
  } catch (error) {
    const why = limit.aborted ? (limit.reason as unknown) : error;
    const what =
      why instanceof BadStatus
        ? why.message
        : `Get ${JSON.stringify(where)}: ${transportFailure(why, options)}`;
    throw new Error(`failing or missing response from ${where}: ${what}`, {
      cause: error,
    });
  }
}

/** The server has answered, but not as one that serves. */
class BadStatus extends Error {}

/** What cannot be read counts as a list without resources: as in Kubernetes, only the status of the answer is judged. */
function resourceList(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
