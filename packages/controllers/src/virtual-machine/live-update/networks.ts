import { semanticallyEqual } from '@virtkit/admission';
import {
  InterfaceSchema,
  isConditionTrue,
  NetworkSchema,
  type Interface,
  type Network,
  type VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import type { LiveUpdateFacts } from './facts.ts';

/**
 * The wanted spec with the interfaces and networks that the instance was started with, unless one of their changes needs a restart
 * (KubeVirt rule RUNU-4).
 */
export function withoutLiveNetworks(facts: LiveUpdateFacts): VirtualMachineInstanceSpec {
  const { started, wanted } = facts;
  if (needsRestart(facts)) return wanted;
  const devices = { ...wanted.domain.devices, interfaces: started.domain.devices.interfaces };
  return { ...wanted, networks: started.networks, domain: { ...wanted.domain, devices } };
}

function needsRestart(facts: LiveUpdateFacts): boolean {
  const { instance, started, wanted } = facts;
  const unplugged = unpluggedNames(facts);
  const migratable = isConditionTrue(instance.status?.conditions, 'LiveMigratable');
  const { interfaces: nics = [] } = wanted.domain.devices;
  const { networks = [] } = wanted;
  const nicLost = (started.domain.devices.interfaces ?? [])
    .filter(({ name }) => !unplugged.has(name))
    .some(
      (before) =>
        !isSameInterface(
          before,
          nics.find(({ name }) => name === before.name),
        ),
    );
  const networkLost = (started.networks ?? [])
    .filter(({ name }) => !unplugged.has(name))
    .some(
      (before) =>
        !isSameNetwork(
          before,
          networks.find(({ name }) => name === before.name),
          migratable,
        ),
    );
  const known = new Set((started.networks ?? []).map(({ name }) => name));
  return nicLost || networkLost || networks.some(({ name, pod }) => pod !== undefined && !known.has(name));
}

/** Interfaces that the instance gave up while it ran, and that are therefore gone from the template. */
function unpluggedNames({ instance, started, wanted }: LiveUpdateFacts): ReadonlySet<string> {
  const present = new Map((instance.spec.domain.devices.interfaces ?? []).map((nic) => [nic.name, nic]));
  const listed = new Set((wanted.domain.devices.interfaces ?? []).map(({ name }) => name));
  const names = (started.domain.devices.interfaces ?? []).map(({ name }) => name);
  return new Set(
    names.filter((name) => {
      const nic = present.get(name);
      return !listed.has(name) && (nic === undefined || nic.state === 'absent');
    }),
  );
}

function isSameInterface(before: Interface, after: Interface | undefined): boolean {
  return after !== undefined && semanticallyEqual(InterfaceSchema, { ...before, state: after.state }, after);
}

function isSameNetwork(before: Network, after: Network | undefined, migratable: boolean): boolean {
  if (after === undefined) return false;
  const networkName = after.multus?.networkName;
  const moved = migratable && before.multus !== undefined && networkName !== undefined;
  return semanticallyEqual(
    NetworkSchema,
    moved ? { ...before, multus: { ...before.multus, networkName } } : before,
    after,
  );
}
