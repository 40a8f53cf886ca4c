import { Aggregator } from './aggregation/aggregator.ts';
import { AdmissionChain } from './admission/chain.ts';
import { defaultTolerations } from './admission/default-tolerations.ts';
import { limitRanger } from './admission/limit-ranger.ts';
import { podPriority } from './admission/pod-priority.ts';
import type { AdmissionPlugin } from './admission/types.ts';
import { openAccess } from './authentication/access.ts';
import { NamespaceDefaults } from './authentication/namespace-defaults.ts';
import type { TokenIdentity } from './authentication/static-tokens.ts';
import { TokenReviewer } from './authentication/token-review.ts';
import { RoleAggregation } from './authorization/aggregation.ts';
import { alwaysAllow, PRIVILEGED_GROUP } from './authorization/authorizer.ts';
import { installBootstrapPolicy } from './authorization/bootstrap/install.ts';
import { escalationCheck } from './authorization/escalation.ts';
import { RbacAuthorizer } from './authorization/rbac.ts';
import { registerCustomResources } from './crd/registrar.ts';
import { readDefinitions, type DefinitionSource } from './crd/sources.ts';
import { Clients } from './client/clients.ts';
import type { ClientKind, ResourceClient, TypedObject } from './client/types.ts';
import { Discovery } from './discovery/discovery.ts';
import { ApiServerError } from './errors.ts';
import { GarbageCollector, type BackgroundErrorHandler } from './garbage-collector/collector.ts';
import { ContentCleaner } from './garbage-collector/content-cleaner.ts';
import type { RequestObserver } from './http/audit.ts';
import { requestLimits, type RequestLimits } from './http/limits.ts';
import { RequestGates } from './http/request-gates.ts';
import { REVIEWS } from './kinds/reviews.ts';
import { Router } from './http/router.ts';
import { HttpServer, type ListenAddress } from './http/server.ts';
import { builtinKinds } from './kinds/builtin-kinds.ts';
import { workloadKinds } from './kinds/workload-kinds.ts';
import { serviceRanges, type ServiceRangeOptions } from './kinds/service.ts';
import { ensureConfigurations, ensureObjects } from './kinds/initial-objects.ts';
import type { MountedGroup, PodSubresources } from './mounts/types.ts';
import type { KubeObject } from './object/types.ts';
import { OpenApi } from './openapi/documents.ts';
import { encodeOpenApiV2 } from './openapi/v2-protobuf.ts';
import { PolicyAdmission } from './policies/step.ts';
import { Catalogue } from './registry/catalogue.ts';
import type { Registry } from './registry/registry.ts';
import type { Durability } from './storage/database.ts';
import type { Retention } from './storage/event-log.ts';
import { budgetStatus } from './status/budget-status.ts';
import { quotaStatus } from './status/quota-status.ts';
import { StatusKeeper } from './status/status-keeper.ts';
import { Store, type StoreMetrics, type StoreOptions } from './storage/store.ts';
import {
  DEFAULT_SERVER_NAMES,
  processCertificates,
  storedCertificates,
  type Certificates,
} from './tls/certificates.ts';
import type { CertificateIdentity, ClientCertificate } from './tls/client-authority.ts';
import { kubeconfigText, type KubeconfigIdentity } from './tls/kubeconfig.ts';
import { generateToken, keptToken } from './tls/token-file.ts';
import { WatchHub } from './watch/watch-hub.ts';
import { WebhookClient } from './webhooks/client.ts';
import {
  localConfigurations,
  prepareWebhooks,
  withLocalConversion,
  type LocalWebhooks,
  type WebhookInstallation,
} from './webhooks/installation.ts';
import { storedServices } from './webhooks/services.ts';
import { WebhookAdmission } from './webhooks/step.ts';
import type { ServiceResolver } from './webhooks/types.ts';

/** How a control plane is started; everything has a default. */
export interface ControlPlaneOptions {
  /** Directory for the database, certificates and the administrator's token; everything is in memory when absent. */
  dataDir?: string;
  /** Default: 127.0.0.1 and a free port. */
  listen?: Partial<ListenAddress>;
  /** URL that kubeconfigs name, if clients reach the server under another than the one it listens on. */
  advertiseUrl?: string;
  /** Created, or updated if they differ, before the server is ready: objects, YAML texts, paths of files and folders. */
  crds?: readonly DefinitionSource[];
  /** Asked in this order about every write. */
  admission?: readonly AdmissionPlugin[];
  /** Webhooks that are installed for a server beside this one; where and how it is to serve is in `webhooks` of the result. */
  webhooks?: WebhookInstallation;
  /**
   * Finds the Services that webhooks and APIServices name; default: ready endpoints among the objects in the store.
   * Rejects, with the reason, when there is none.
   */
  resolveService?: ServiceResolver;
  /** API groups that this process serves beside the built-in ones. */
  mounts?: readonly MountedGroup[];
  /** Answers log, exec, attach and portforward of Pods. */
  podSubresources?: PodSubresources;
  /** Users besides the administrator. */
  tokens?: readonly TokenIdentity[];
  /**
   * Who may do what: `rbac` (the default) asks Roles and ClusterRoles, as Kubernetes does; with `always-allow` everybody who
   * has a token or a certificate may do everything. The administrator, of the group `system:masters`, always may.
   */
  authorization?: 'rbac' | 'always-allow';
  /**
   * Whether each namespace gets the ServiceAccount `default` and the ConfigMap `kube-root-ca.crt`, which in a cluster is done by
   * kube-controller-manager. Default false: a test sees only what it has made itself.
   */
  namespaceDefaults?: boolean;
  /**
   * Whether the status of ResourceQuotas and PodDisruptionBudgets is written, which in a cluster is done by kube-controller-manager.
   * They are enforced either way. Default false: a test sees only what it has made itself.
   */
  computedStatus?: boolean;
  /**
   * Whether kinds are served that controllers make objects of and that mean nothing without controllers of their own: Deployments,
   * ReplicaSets, StatefulSets, DaemonSets, Jobs, CronJobs, Ingresses, NetworkPolicies, HorizontalPodAutoscalers. As with envtest they
   * are checked and kept, and nothing acts on them. Default true; false where people would wait for pods in vain.
   */
  workloads?: boolean;
  /** The administrator's token; generated (and kept in the data directory) when absent. */
  adminToken?: string;
  /** Default: generated, and kept in the data directory. */
  certificates?: Certificates;
  /** Further names and addresses for the generated certificate. */
  serverNames?: readonly string[];
  /** Default `power-loss`. */
  durability?: Durability;
  /** How much history watches may resume from; default 20,000 revisions, 30 minutes and 256 MiB. */
  retention?: Partial<Retention>;
  /** What clients may cost the server; {@link RequestLimits} tells the defaults. */
  limits?: Partial<RequestLimits>;
  /** Time between watch bookmarks in milliseconds, default 60,000. */
  bookmarkIntervalMs?: number;
  /** Called once for each request that has ended. Must not throw. */
  onRequest?: RequestObserver;
  /** Where cluster IPs and node ports are taken from. */
  services?: ServiceRangeOptions;
  /** Told of failures of background work (garbage collection, emptying of namespaces, compaction), which is repeated. */
  onBackgroundError?: BackgroundErrorHandler;
  /** The clock. */
  now?: () => Date;
}

/** Counts of a running control plane. */
export interface ControlPlaneMetrics extends StoreMetrics {
  watchers: number;
  /** Open connections of clients. */
  connections: number;
}

/** A running control plane. Dispose of it to stop it. */
export interface ControlPlane extends AsyncDisposable {
  /** Such as `https://127.0.0.1:36443`. */
  readonly url: string;
  /** Certificate of the authority, PEM. */
  readonly ca: string;
  /** Where webhooks are expected that the option `webhooks` has installed. */
  readonly webhooks: LocalWebhooks | undefined;
  /** The administrator's bearer token (group `system:masters`). */
  readonly token: string;
  /** Text of a kubeconfig file for the administrator, or for another token or certificate. */
  kubeconfig(identity?: KubeconfigIdentity): string;
  /** A certificate by which a user can connect. @throws ApiServerError `InvalidConfiguration` */
  issueClientCertificate(identity: CertificateIdentity): ClientCertificate;
  /**
   * A client of the objects of one kind, such as `client<Widget>({ apiVersion: 'example.com/v1', kind: 'Widget' })`: the
   * administrator, or the user of another token. It ends with the control plane.
   */
  client<T extends TypedObject = KubeObject>(
    kind: ClientKind,
    identity?: { readonly token: string },
  ): ResourceClient<T>;
  /** Admits a further user. @returns its bearer token. */
  issueToken(identity: TokenIdentity): string;
  /** Stops accepting a token. */
  revokeToken(token: string): void;
  /** Counts since the start and present sizes, read from the store at each call. */
  metrics(): ControlPlaneMetrics;
  /**
   * Drops history now; what the retention covers is kept, but for what the argument says otherwise.
   * @returns the number of events dropped.
   * @throws ApiServerError `InsufficientStorage`
   */
  compact(retention?: Partial<Retention>): number;
  /** Cuts all connections and closes the store. Idempotent. */
  stop(): Promise<void>;
}

const LOCALHOST = '127.0.0.1';
const BOOKMARK_INTERVAL_MS = 60_000;
/** Name of the administrator. */
const ADMIN = 'kubernetes-admin';

/**
 * Starts an API server in this process.
 * @throws ApiServerError `AddressInUse`, `DataDirectoryInUse`, `DataDirectoryUnusable`, `InvalidConfiguration`, `Invalid`
 * (a CustomResourceDefinition that is not valid)
 */
export function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  return startControlPlaneOn((storeOptions) => new Store(storeOptions), options);
}

/** As {@link startControlPlane}, on a store that the caller opens; how the tests see what the store does. */
export async function startControlPlaneOn(
  openStore: (options: StoreOptions) => Store,
  options: ControlPlaneOptions,
): Promise<ControlPlane> {
  const limits = requestLimits(options.limits);
  const definitions = await readDefinitions(options.crds ?? []);
  await using resources = new AsyncDisposableStack();
  const now = options.now ?? (() => new Date());
  const onBackgroundError = options.onBackgroundError ?? reportAsWarning;
  const store = openStore({
    dataDir: options.dataDir,
    durability: options.durability,
    retention: options.retention,
    now: () => now().getTime(),
    onCompactionError: (error) => onBackgroundError('compaction of the history', error),
  });
  resources.defer(() => store.close());
  const catalogue = new Catalogue();
  catalogue.add(...builtinKinds({ now, services: serviceRanges(options.services) }));
  if (options.workloads !== false) catalogue.add(...workloadKinds());
  const hub = new WatchHub(store);
  resources.defer(() => hub.close());
  const webhookClient = resources.use(new WebhookClient(options.resolveService ?? storedServices(store)));
  const rbac = options.authorization === 'always-allow' ? undefined : new RbacAuthorizer(store);
  const authorizer = rbac ?? alwaysAllow;
  const webhookAdmission = resources.use(
    new WebhookAdmission({ store, catalogue }, webhookClient, authorizer),
  );
  const policyAdmission = resources.use(new PolicyAdmission({ store, catalogue }, authorizer));
  const registry: Registry = {
    store,
    catalogue,
    admission: new AdmissionChain(
      [
        limitRanger(store),
        podPriority(store),
        defaultTolerations(),
        ...(options.admission ?? []),
        ...(rbac === undefined ? [] : [escalationCheck(rbac)]),
      ],
      [policyAdmission, webhookAdmission],
    ),
    now,
  };
  resources.defer(registerCustomResources(store, catalogue, hub, webhookClient));
  const webhooks = options.webhooks === undefined ? undefined : await prepareWebhooks(options.webhooks);
  await ensureObjects(
    registry,
    definitions.map((crd) => (webhooks === undefined ? crd : withLocalConversion(crd, webhooks))),
  );
  await installBootstrapPolicy(store, now());
  resources.use(new GarbageCollector(registry, onBackgroundError));
  resources.use(new ContentCleaner(registry, onBackgroundError));
  resources.use(new RoleAggregation(registry, onBackgroundError));

  const token = options.adminToken ?? keptToken(options.dataDir) ?? generateToken();
  const access = await openAccess({
    dataDir: options.dataDir,
    registry,
    rbac,
    identities: [{ name: ADMIN, groups: [PRIVILEGED_GROUP], token }, ...(options.tokens ?? [])],
  });
  const { authenticator, tokens, accountTokens } = access;
  const host = options.listen?.host ?? LOCALHOST;
  const certificates = await certificatesFor(options, host);
  if (options.namespaceDefaults === true)
    resources.use(
      await NamespaceDefaults.start(registry, { ca: certificates.ca, onError: onBackgroundError }),
    );
  if (options.computedStatus === true)
    for (const status of [budgetStatus, quotaStatus])
      resources.use(new StatusKeeper(registry, status, onBackgroundError));
  const mounts = checkMounts(catalogue, options.mounts ?? []);
  const aggregator = resources.use(
    await Aggregator.start({
      registry,
      others: [...mounts, ...REVIEWS],
      resolve: options.resolveService ?? storedServices(store),
      certificate: access.frontProxy,
      onError: onBackgroundError,
    }),
  );
  if (webhooks !== undefined)
    await ensureConfigurations(
      registry,
      localConfigurations(options.webhooks?.configurations ?? [], webhooks),
    );
  let url = '';
  let ready = false;
  const router = new Router({
    context: {
      registry,
      watch: { store, hub, bookmarkIntervalMs: options.bookmarkIntervalMs ?? BOOKMARK_INTERVAL_MS },
      podSubresources: options.podSubresources,
      accountTokens,
    },
    authenticator,
    authorizer,
    url: () => url,
    reviewers: { authorizer, tokens: new TokenReviewer(authenticator), now },
    discovery: new Discovery(
      catalogue,
      options.mounts ?? [],
      new OpenApi(catalogue, encodeOpenApiV2, () => aggregator.openApiPaths()),
      aggregator,
    ),
    aggregator,
    mounts,
    gates: new RequestGates(limits),
    onRequest: options.onRequest,
    ready: () => ready,
  });
  const server = await HttpServer.listen(
    { host, port: options.listen?.port ?? 0 },
    { ...certificates, clientCa: access.clients.certificate },
    router,
    limits,
  );
  resources.use(server);
  ready = true;
  url =
    options.advertiseUrl ?? `https://${host.includes(':') ? `[${host}]` : reachable(host)}:${server.port}`;
  // The own certificate is for this machine; one that was given is for the name under which clients know the server.
  const own = options.certificates === undefined ? `https://${LOCALHOST}:${server.port}` : url;
  const clients = new Clients({ url: listensHere(host) ? own : url, ca: certificates.ca }, catalogue);
  resources.defer(() => clients.close());
  const owned = resources.move();
  const stop = async () => {
    ready = false;
    await owned.disposeAsync();
  };
  return {
    url,
    ca: certificates.ca,
    token,
    webhooks,
    kubeconfig: (identity = { user: ADMIN, token }) =>
      kubeconfigText({
        url,
        ca: certificates.ca,
        name: 'virtkit',
        ...identity,
      }),
    client: (kind, identity = { token }) => clients.of(kind, identity.token),
    issueClientCertificate: (identity) => access.clients.issue(identity, now()),
    issueToken: (identity) => tokens.issue(identity),
    revokeToken: (revoked) => tokens.revoke(revoked),
    metrics: () => ({ ...store.metrics(), watchers: hub.size, connections: server.connections }),
    compact: (retention) => store.compact(retention),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function reportAsWarning(task: string, error: unknown): void {
  process.emitWarning(`${task} failed and will be repeated: ${String(error)}`, 'VirtkitApiserverWarning');
}

function reachable(host: string): string {
  return host === '0.0.0.0' ? LOCALHOST : host;
}

function listensHere(host: string): boolean {
  return [LOCALHOST, 'localhost', '0.0.0.0'].includes(host);
}

async function certificatesFor(options: ControlPlaneOptions, host: string): Promise<Certificates> {
  if (options.certificates !== undefined) return options.certificates;
  const names = [...new Set([...DEFAULT_SERVER_NAMES, reachable(host), ...(options.serverNames ?? [])])];
  return options.dataDir === undefined
    ? processCertificates(names)
    : storedCertificates(options.dataDir, names);
}

function checkMounts(catalogue: Catalogue, mounts: readonly MountedGroup[]): readonly MountedGroup[] {
  const seen = new Set<string>();
  for (const { group, version } of mounts) {
    const name = `${group}/${version}`;
    const taken = seen.has(name) || catalogue.all().some((d) => d.group === group && d.version === version);
    if (taken) throw new ApiServerError('InvalidConfiguration', `cannot mount ${name}: it is served already`);
    seen.add(name);
  }
  return mounts;
}
