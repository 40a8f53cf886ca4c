import { elementsOf, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import type { Store } from '../storage/store.ts';
import type { ServiceResolver } from './types.ts';

const SLICES = 'endpointslices.discovery.k8s.io';
const SERVICE_LABEL = 'kubernetes.io/service-name';

/**
 * Finds Services through the objects in the store: the address of an ExternalName, else that of an endpoint which is ready.
 * Cluster IPs are not used, since nothing makes them reachable from this process.
 */
export function storedServices(store: Store): ServiceResolver {
  return ({ namespace, name, port }) => {
    const service = store.get({ resource: 'services', namespace, name });
    if (service === undefined) throw new Error(`service "${name}" not found`);
    const spec = membersOf(service.object.spec);
    if (spec.type === 'ExternalName') return { host: stringOf(spec.externalName), port };
    const found = elementsOf(spec.ports)
      .map(membersOf)
      .find((candidate) => candidate.port === port);
    if (found === undefined) throw new Error(`no service port ${port} found for service "${name}"`);
    const portName = stringOf(found.name);
    const ready = [
      ...endpoints(store, namespace, name, portName),
      ...slices(store, namespace, name, portName),
    ];
    const chosen = ready[Math.floor(Math.random() * ready.length)];
    if (chosen === undefined) throw new Error(`no endpoints available for service "${name}"`);
    return chosen;
  };
}

interface Address {
  host: string;
  port: number;
}

function endpoints(store: Store, namespace: string, name: string, portName: string): Address[] {
  const stored = store.get({ resource: 'endpoints', namespace, name });
  return elementsOf(stored?.object.subsets)
    .map(membersOf)
    .flatMap((subset) => addresses(subset.ports, portName, hostsOf(subset.addresses)));
}

function hostsOf(list: unknown): string[] {
  return elementsOf(list).map((address) => stringOf(membersOf(address).ip));
}

function slices(store: Store, namespace: string, name: string, portName: string): Address[] {
  return store
    .list(SLICES)
    .filter(
      (stored) => stored.namespace === namespace && stored.object.metadata.labels?.[SERVICE_LABEL] === name,
    )
    .flatMap(({ object }) => addresses(object.ports, portName, readyHosts(object)));
}

function readyHosts(slice: JsonObject): string[] {
  return elementsOf(slice.endpoints)
    .map(membersOf)
    .filter((endpoint) => membersOf(endpoint.conditions).ready !== false)
    .flatMap((endpoint) => elementsOf(endpoint.addresses).map((address) => stringOf(address)));
}

function addresses(ports: unknown, portName: string, hosts: readonly string[]): Address[] {
  return elementsOf(ports)
    .map(membersOf)
    .filter((candidate) => stringOf(candidate.name) === portName && typeof candidate.port === 'number')
    .flatMap((candidate) => hosts.map((host) => ({ host, port: Number(candidate.port) })));
}
