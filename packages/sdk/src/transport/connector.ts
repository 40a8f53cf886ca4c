import { buildConnector } from 'undici';
import type { Endpoint, TlsSettings } from '../configuration/options.ts';
import { definedOnly } from './defined-only.ts';

/** TCP keep-alive finds a dead peer of a silent watch; well below the idle limits of common load balancers. */
const keepAliveMs = 30_000;
const connectTimeoutMs = 10_000;

/**
 * Opens connections that trust what the endpoint trusts at that moment. Sessions are resumed only while that is the same,
 * because a resumed session is not verified again.
 */
export function connector(endpoint: Endpoint): buildConnector.connector {
  let current: { tls: TlsSettings; connect: buildConnector.connector } | undefined;
  const open: buildConnector.connector = (options, callback) => {
    endpoint
      .tls()
      .then((tls) => {
        if (current?.tls !== tls) current = { tls, connect: build(tls) };
        current.connect(options, callback);
      })
      .catch((error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null));
  };
  return open;
}

function build(tls: TlsSettings): buildConnector.connector {
  return buildConnector({
    ...definedOnly(tls),
    allowH2: false,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
    timeout: connectTimeoutMs,
  });
}
