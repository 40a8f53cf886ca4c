import type { Socket } from 'node:net';
import { Agent, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { TLSSocket, type PeerCertificate, type SecureVersion, type Server } from 'node:tls';
import type { KeyPair } from './tls-files.ts';
import type { Watched } from './watched.ts';

/** What a server accepts of its clients. */
export interface TlsPolicy {
  readonly minVersion: SecureVersion;
  /** Cipher suites of OpenSSL, separated by colons; OpenSSL's own choice unless given. */
  readonly ciphers?: string;
}

const defaultPolicy: TlsPolicy = { minVersion: 'TLSv1.2' };

/** What a server is secured with. Each may change at any time. */
export interface ServerSecurity {
  readonly keyPair: Watched<KeyPair>;
  /** Authorities of clients' certificates, PEM; the server itself decides (`requestCert`) whether to ask for one. */
  readonly clientCa?: Watched<string>;
  readonly policy?: Watched<TlsPolicy>;
}

/**
 * Secures a TLS or HTTPS server with what changes: new connections get what is in force, open ones stay. Sessions cannot be
 * resumed over a change, so that a client has to show its certificate to the new authorities. Until disposed of.
 */
export function secureServer(server: Server, { keyPair, clientCa, policy }: ServerSecurity): Disposable {
  const apply = (): void => {
    const { certificate: cert, key } = keyPair.current;
    const ca = clientCa?.current;
    server.setSecureContext({
      ...(policy?.current ?? defaultPolicy),
      cert,
      key,
      ...(ca === undefined ? {} : { ca }),
    });
  };
  apply();
  using stack = new DisposableStack();
  for (const watched of [keyPair, clientCa, policy])
    if (watched !== undefined) stack.use(watched.onChange(apply));
  return stack.move();
}

/** What a client is secured with. Each may change at any time. */
export interface ClientSecurity {
  /** Authorities of the server's certificate, PEM. */
  readonly ca: Watched<string>;
  /** What the client shows, if the server asks. */
  readonly keyPair?: Watched<KeyPair>;
  /** Common name that the server's certificate must have, in the place of its address. */
  readonly serverName?: string;
}

/** Options of a TLS connection, in the form that `tls.connect` and `https.request` take. */
export interface ClientTlsOptions {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
  readonly minVersion: 'TLSv1.2';
  /** Says what is wrong with the peer's certificate; absent where its names are compared with the host's, as Node does. */
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/** Options for one connection, from what is in force now. */
export function clientTlsOptions({ ca, keyPair, serverName }: ClientSecurity): ClientTlsOptions {
  const pair = keyPair?.current;
  return {
    ca: ca.current,
    ...(pair === undefined ? {} : { cert: pair.certificate, key: pair.key }),
    minVersion: 'TLSv1.2',
    ...(serverName === undefined ? {} : { checkServerIdentity: expectName(serverName) }),
  };
}

/** Checks a server by the common name of its certificate: one that is reached by changing addresses, as Pods are. */
export function expectName(
  expected: string,
): (host: string, certificate: PeerCertificate) => Error | undefined {
  return (host, certificate) => {
    const name = commonName(certificate);
    return name === expected
      ? undefined
      : new Error(`the certificate at ${host} is that of ${String(name)}, not of ${expected}`);
  };
}

/**
 * An agent for `https.request` whose new connections are made with what is in force then. Idle connections from before a
 * change are closed; requests under way end as they began.
 */
export class TlsAgent extends Agent implements Disposable {
  readonly #security: ClientSecurity;
  readonly #subscriptions = new DisposableStack();

  constructor(security: ClientSecurity, options: { keepAlive?: boolean; maxSockets?: number } = {}) {
    super(options);
    this.#security = security;
    const closeIdle = (): void => {
      for (const sockets of Object.values(this.freeSockets))
        for (const socket of sockets ?? []) socket.destroy();
    };
    for (const watched of [security.ca, security.keyPair])
      if (watched !== undefined) this.#subscriptions.use(watched.onChange(closeIdle));
  }

  /** Connections are shared by this name only, so none is used again after a change. */
  override getName(options?: RequestOptions): string {
    return super.getName({ ...options, ...clientTlsOptions(this.#security) });
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    return super.createConnection({ ...options, ...clientTlsOptions(this.#security) }, callback);
  }

  [Symbol.dispose](): void {
    this.#subscriptions.dispose();
    this.destroy();
  }
}

/** The common name of a certificate; undefined unless it has exactly one. */
export function commonName(certificate: PeerCertificate): string | undefined {
  // A certificate may name several, and a connection may have none: the type only knows the ordinary case.
  const { subject } = certificate as { subject?: { CN?: string | string[] } };
  return typeof subject?.CN === 'string' ? subject.CN : undefined;
}

/** The common name of the verified certificate that the other end of a connection has shown. */
export function peerName(socket: Socket | Duplex): string | undefined {
  return socket instanceof TLSSocket && socket.authorized
    ? commonName(socket.getPeerCertificate())
    : undefined;
}
