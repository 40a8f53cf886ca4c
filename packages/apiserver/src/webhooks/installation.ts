import { createServer, type AddressInfo } from 'node:net';
import { ApiServerError } from '../errors.ts';
import { cloneJson, isObject, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import { generateCertificates, type Certificates } from '../tls/certificates.ts';
import { hasWebhooks } from './validate.ts';

/** Webhooks that a server beside this one answers, such as the one of the controller that a test is about. */
export interface WebhookInstallation {
  /**
   * MutatingWebhookConfigurations and ValidatingWebhookConfigurations. Their `clientConfig` is rewritten: host, port and
   * `caBundle` become those of {@link LocalWebhooks}, the path stays.
   */
  configurations?: readonly object[];
  /** Where the webhooks are served; default 127.0.0.1. */
  host?: string;
  /** Default: one that is free now. */
  port?: number;
}

/** Where the webhooks of a control plane are expected, and what to serve them with. */
export interface LocalWebhooks extends Certificates {
  readonly host: string;
  readonly port: number;
  /** `https://host:port` */
  readonly url: string;
}

/** Path under which conversion webhooks are called that do not name one. */
const CONVERSION_PATH = '/convert';

/** Chooses address and certificates. @throws ApiServerError `AddressInUse` when no port is free */
export async function prepareWebhooks({
  host = '127.0.0.1',
  port,
}: WebhookInstallation): Promise<LocalWebhooks> {
  const chosen = port ?? (await freePort(host));
  const certificates = await generateCertificates([...new Set([host, 'localhost', '127.0.0.1', '::1'])]);
  return {
    ...certificates,
    host,
    port: chosen,
    url: `https://${host.includes(':') ? `[${host}]` : host}:${chosen}`,
  };
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) =>
      reject(
        new ApiServerError('AddressInUse', `no port of ${host} is free: ${error.message}`, { cause: error }),
      ),
    );
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/**
 * The configurations, leading to the local webhooks.
 * @throws ApiServerError `InvalidConfiguration` for an object of another kind
 */
export function localConfigurations(
  configurations: readonly object[],
  webhooks: LocalWebhooks,
): KubeObject[] {
  return configurations.map((configuration) => {
    const copy: unknown = cloneJson(configuration);
    const kind = isObject(copy) ? stringOf(copy.kind) : '';
    if (
      !['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'].includes(kind) ||
      !hasWebhooks(copy)
    )
      throw new ApiServerError(
        'InvalidConfiguration',
        `webhooks.configurations takes MutatingWebhookConfigurations and ValidatingWebhookConfigurations, not ${kind || 'this'}`,
      );
    for (const webhook of copy.webhooks)
      webhook.clientConfig = localClientConfig(webhook.clientConfig, webhooks, '/');
    return copy;
  });
}

/** A CustomResourceDefinition whose conversion webhook, if it has one, is the local one. */
export function withLocalConversion<T extends { spec: { conversion?: object } }>(
  definition: T,
  webhooks: LocalWebhooks,
): T {
  const conversion = membersOf(definition.spec.conversion);
  if (conversion.strategy !== 'Webhook') return definition;
  const webhook = membersOf(conversion.webhook);
  const clientConfig = localClientConfig(webhook.clientConfig, webhooks, CONVERSION_PATH);
  return {
    ...definition,
    spec: { ...definition.spec, conversion: { ...conversion, webhook: { ...webhook, clientConfig } } },
  };
}

function localClientConfig(config: unknown, { url, ca }: LocalWebhooks, fallback: string): JsonObject {
  const { url: own, service } = membersOf(config);
  const named =
    typeof own === 'string' && URL.canParse(own) ? new URL(own).pathname : membersOf(service).path;
  const path = stringOf(named, fallback);
  return {
    url: `${url}${path.startsWith('/') ? path : `/${path}`}`,
    caBundle: Buffer.from(ca).toString('base64'),
  };
}
