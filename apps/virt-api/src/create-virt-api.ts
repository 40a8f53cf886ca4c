import { randomUUID } from 'node:crypto';
import { configurationReader, type ClusterConfiguration } from '@virtkit/admission';
import type { AdmissionPlugin, MountedGroup } from '@virtkit/apiserver';
import { silentLogger, systemClock, timestamp, type Clock, type Logger } from '@virtkit/controllers/runtime';
import type { Client } from '@virtkit/sdk';
import type { Registry } from 'prom-client';
import { carriedAdmission } from './admission/plugins/carried.ts';
import type { PluginContext } from './admission/plugins/context.ts';
import { kindsNotCarriedAdmission } from './admission/plugins/kinds-not-carried.ts';
import { kubeVirtAdmission } from './admission/plugins/kubevirt.ts';
import { machineMetadataAdmission } from './admission/plugins/machine-metadata.ts';
import { KubeVirtSource } from './cluster/kubevirt-source.ts';
import { connectionMetrics, uncounted } from './subresources/connection-metrics.ts';
import { GoneInstances } from './subresources/gone-instances.ts';
import { subresourceGroup } from './subresources/mounted-group.ts';
import type { HandlerTls } from './subresources/node-agent/tls.ts';

export interface VirtApiOptions {
  /**
   * A client of the user `system:serviceaccount:kubevirt:kubevirt-apiserver` on the API server that virt-api is part of.
   * Asked for at the first request, because admission is built before that server listens. The caller disposes of it.
   */
  readonly client: () => Client | Promise<Client>;
  /** How to speak to virt-handlers; asked for at each connection, because certificates are renewed. */
  readonly handlerTls: () => HandlerTls;
  /** Hypervisors that instances may name. */
  readonly hypervisors: readonly string[];
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Gets the metrics of connections to instances. Default: nobody counts them. */
  readonly registry?: Registry | undefined;
  /** Makes firmware identities; random unless given. */
  readonly uuid?: () => string;
}

/** What the control plane takes in. Dispose of it before the client. */
export interface VirtApi extends AsyncDisposable {
  readonly admission: AdmissionPlugin[];
  readonly mounts: MountedGroup[];
  /** Calls `listener` with the cluster's configuration, once it is known and after each change, until disposed of. */
  follow(listener: (configuration: ClusterConfiguration) => void): Disposable;
}

/** Admission for KubeVirt's kinds and the group `subresources.kubevirt.io`, in process. Nothing is read or opened yet. */
export function createVirtApi(options: VirtApiOptions): VirtApi {
  const { hypervisors, clock = systemClock, logger = silentLogger, uuid = randomUUID } = options;
  const client = once(options.client);
  const source = new KubeVirtSource(client, logger);
  const configuration = configurationReader({ hypervisors });
  const context: PluginContext = {
    configuration: async () => configuration(await source.list()),
    kubeVirts: () => source.list(),
    client,
    hypervisors,
    uuid,
    now: () => timestamp(clock),
  };
  const { handlerTls, registry } = options;
  const metrics = registry === undefined ? undefined : connectionMetrics(registry);
  const connections = metrics ?? uncounted;
  const gone = metrics && new GoneInstances({ metrics, client, clock, logger });
  const subresources = { ...context, handlerTls, logger, connections };
  return {
    admission: [
      kubeVirtAdmission(context),
      machineMetadataAdmission,
      carriedAdmission(context),
      kindsNotCarriedAdmission,
    ],
    mounts: [subresourceGroup('v1', subresources), subresourceGroup('v1alpha3', subresources)],
    follow: (listener) => source.follow((kubeVirts) => listener(configuration(kubeVirts))),
    async [Symbol.asyncDispose]() {
      await Promise.all([gone?.[Symbol.asyncDispose](), source[Symbol.asyncDispose]()]);
    },
  };
}

/** The client, asked for once; again only after a failure. */
function once(client: () => Client | Promise<Client>): () => Promise<Client> {
  let known: Promise<Client> | undefined;
  return async () => {
    known ??= Promise.resolve().then(client);
    try {
      return await known;
    } catch (error) {
      known = undefined;
      throw error;
    }
  };
}
