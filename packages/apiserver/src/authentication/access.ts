import type { RbacAuthorizer } from '../authorization/rbac.ts';
import { isHealthOrVersion } from '../http/health-paths.ts';
import type { Registry } from '../registry/registry.ts';
import { ClientAuthority, type ClientCertificate } from '../tls/client-authority.ts';
import { Authenticator } from './authenticator.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';
import { StaticTokens, type TokenIdentity } from './static-tokens.ts';
import { publishAuthentication } from './system-objects.ts';

/** Who issues tokens of service accounts, and the audience that tokens for this server are meant for. */
const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const FRONT_PROXY = 'front-proxy-client';
const FRONT_PROXY_DAYS = 365;

/** What access is opened with. */
export interface AccessOptions {
  readonly dataDir: string | undefined;
  readonly registry: Registry;
  /** Absent if everybody who is known may do everything. */
  readonly rbac: RbacAuthorizer | undefined;
  readonly identities: readonly TokenIdentity[];
}

/** Everything that finds out who somebody is. */
export interface Access {
  readonly authenticator: Authenticator;
  readonly tokens: StaticTokens;
  readonly accountTokens: ServiceAccountTokens;
  /** Its certificates are those of users. */
  readonly clients: ClientAuthority;
  /** The certificate with which this server tells API servers behind it, by headers, for whom it asks. */
  readonly frontProxy: ClientCertificate;
}

/**
 * Opens what users are recognised by, and publishes it.
 * @throws ApiServerError `DataDirectoryUnusable`
 */
export async function openAccess({ dataDir, registry, rbac, identities }: AccessOptions): Promise<Access> {
  const { now, store } = registry;
  const tokens = new StaticTokens([ISSUER]);
  for (const identity of identities) tokens.issue(identity);
  const accountTokens = new ServiceAccountTokens({ dataDir, issuer: ISSUER, objects: store, now });
  const clients = ClientAuthority.open(dataDir, 'client-ca', now());
  const frontProxies = ClientAuthority.open(dataDir, 'front-proxy-ca', now());
  const frontProxy = frontProxies.issue(
    { name: FRONT_PROXY, expirationSeconds: FRONT_PROXY_DAYS * 24 * 3600 },
    now(),
  );
  await publishAuthentication(registry, {
    clientCa: clients.certificate,
    frontProxyCa: frontProxies.certificate,
    frontProxyName: FRONT_PROXY,
  });
  const authenticator = new Authenticator({
    tokens: [tokens, accountTokens],
    anonymous: rbac === undefined ? isHealthOrVersion : () => true,
    now,
  });
  return {
    authenticator,
    tokens,
    accountTokens,
    clients,
    frontProxy,
  };
}
