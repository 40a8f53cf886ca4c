import type { ClusterConfiguration } from '@virtkit/admission';
import { resources, type VirtualMachineInstance } from '@virtkit/core-types';
import { networkAttachmentDefinitions, resourceQuotas } from '../kinds.ts';
import { errorCode } from '../runtime/errors.ts';
import type { ClientSet } from '../runtime/object-client.ts';
import { claimNames, type ClaimFacts, type LauncherFacts } from './launcher-pod/facts.ts';
import { attachment } from './launcher-pod/networks.ts';

const networkResource = 'k8s.v1.cni.cncf.io/resourceName';

/** Looks up what a launcher Pod depends on, just before it is rendered; only what this instance's Pod needs. */
export class LauncherFactFinder {
  readonly #client: ClientSet;
  /** Whether the server has quotas at all; what it serves does not change while it runs. */
  #quotasServed = true;

  constructor(client: ClientSet) {
    this.#client = client;
  }

  /** @throws the client's error when the API server does not answer; what does not exist is left out */
  async find(
    instance: VirtualMachineInstance,
    configuration: ClusterConfiguration,
    signal: AbortSignal,
  ): Promise<LauncherFacts> {
    const namespace = instance.metadata.namespace ?? 'default';
    const quotaResources = await this.#quotaResources(namespace, signal);
    const needsLabels =
      quotaResources.has('limits.memory') ||
      configuration.values.autoCPULimitNamespaceLabelSelector !== undefined;
    return {
      claims: await this.#claims(instance, namespace, signal),
      quotaResources,
      ...(needsLabels ? { namespaceLabels: await this.#namespaceLabels(namespace, signal) } : {}),
      ...(configuration.gates.has('ExternalNetResourceInjection')
        ? {}
        : { networkResources: await this.#networkResources(instance, namespace, signal) }),
    };
  }

  async #quotaResources(namespace: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
    if (!this.#quotasServed) return new Set();
    const quotas = await unlessGone(this.#client.resource(resourceQuotas).list({ namespace, signal }));
    this.#quotasServed = quotas !== undefined;
    return new Set((quotas?.items ?? []).flatMap(({ spec }) => Object.keys(spec?.hard ?? {})));
  }

  async #claims(
    instance: VirtualMachineInstance,
    namespace: string,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, ClaimFacts>> {
    const client = this.#client.resource(resources.persistentVolumeClaims);
    const claims = new Map<string, ClaimFacts>();
    for (const name of claimNames(instance)) {
      const claim = await unlessGone(client.get(name, { namespace, signal }));
      if (claim === undefined) continue;
      claims.set(name, {
        uid: claim.metadata.uid,
        volumeMode: claim.spec?.volumeMode === 'Block' ? 'Block' : 'Filesystem',
        accessModes: claim.spec?.accessModes ?? [],
      });
    }
    return claims;
  }

  async #namespaceLabels(namespace: string, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const found = await unlessGone(this.#client.resource(resources.namespaces).get(namespace, { signal }));
    return found?.metadata.labels ?? {};
  }

  async #networkResources(
    { spec }: VirtualMachineInstance,
    namespace: string,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const client = this.#client.resource(networkAttachmentDefinitions);
    const found = new Map<string, string>();
    for (const { name, multus } of spec.networks ?? []) {
      if (multus === undefined) continue;
      const at = attachment(multus.networkName, namespace);
      const definition = await unlessGone(client.get(at.name, { namespace: at.namespace, signal }));
      const resource = definition?.metadata.annotations?.[networkResource];
      if (resource !== undefined && resource !== '') found.set(name, resource);
    }
    return found;
  }
}

async function unlessGone<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (errorCode(error) === 'not-found') return undefined;
    throw error;
  }
}
