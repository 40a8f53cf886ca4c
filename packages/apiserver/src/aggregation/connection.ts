import { Agent, type RequestOptions } from 'node:https';
import type { ClientCertificate } from '../tls/client-authority.ts';
import type { ServiceResolver } from '../webhooks/types.ts';
import type { RemoteApiService } from './types.ts';

/** How aggregated servers are reached: with the certificate of the front proxy, and their own one checked. */
export class RemoteConnections implements Disposable {
  readonly #resolve: ServiceResolver;
  readonly #certificate: ClientCertificate;
  readonly #agents = new Map<string, Agent>();

  constructor(resolve: ServiceResolver, certificate: ClientCertificate) {
    this.#resolve = resolve;
    this.#certificate = certificate;
  }

  /** Where and how to connect to. @throws Error with the reason when its Service cannot be found */
  async options({ spec }: RemoteApiService): Promise<RequestOptions & { host: string; port: number }> {
    const { namespace, name, port } = spec.service;
    const address = await this.#resolve({ namespace, name, port });
    const servername = `${name}.${namespace}.svc`;
    return { host: address.host, port: address.port, servername, agent: this.#agent(spec) };
  }

  #agent({ caBundle = '', insecureSkipTLSVerify = false }: RemoteApiService['spec']): Agent {
    const key = `${insecureSkipTLSVerify} ${caBundle}`;
    const kept = this.#agents.get(key);
    if (kept !== undefined) return kept;
    const agent = new Agent({
      keepAlive: true,
      cert: this.#certificate.cert,
      key: this.#certificate.key,
      rejectUnauthorized: !insecureSkipTLSVerify,
      ...(caBundle !== '' && { ca: Buffer.from(caBundle, 'base64').toString('utf8') }),
    });
    this.#agents.set(key, agent);
    return agent;
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}
