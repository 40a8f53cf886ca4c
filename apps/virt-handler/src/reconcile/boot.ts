import type { VirtualMachineInstance } from '@virtkit/core-types';
import { HalError, type Machine } from '@virtkit/hal';
import type { BlockSizesFact, Facts, FactsRequest, LauncherClient } from '@virtkit/launcher-api';
import {
  planHostDisks,
  planMachine,
  planPersistentDisks,
  type DiskRoom,
  type MachineFacts,
  type PlanConfiguration,
} from '@virtkit/machine-plan';
import type { GuestNetwork } from '../network/provider.ts';
import { makeHostDisks, type ShortenedDisk } from './host-disks.ts';
import { nodeResourceFacts, nodeResourcesRequest } from './node-resources.ts';
import { secretFacts, secretsRequest } from './secrets.ts';

/** What a machine is made of beside its instance. */
export interface BootOptions {
  readonly network: GuestNetwork;
  readonly configuration: PlanConfiguration;
  readonly diskRoom: DiskRoom;
  /** Is told of each disk that was made smaller than asked for. */
  readonly onShortened: (disk: ShortenedDisk) => void;
  readonly signal: AbortSignal;
}

/**
 * Brings a machine about in its launcher: facts, plan, define, start. Every step is idempotent, so it may be repeated from
 * the beginning after an interruption at any point.
 *
 * @throws HalError, PlanError, HandlerError.
 */
export async function boot(
  instance: VirtualMachineInstance,
  launcher: LauncherClient,
  { network, configuration, diskRoom, onShortened, signal }: BootOptions,
): Promise<Machine> {
  const { interfaces, ipv6 = [] } = network.dhcp;
  if (interfaces.length + ipv6.length > 0) await launcher.configureDhcp(network.dhcp, { signal });
  for (const disk of await makeHostDisks(planHostDisks(instance), diskRoom)) onShortened(disk);
  const disks = planPersistentDisks(instance);
  const request = {
    ...factsRequest(instance),
    ...secretsRequest(instance),
    ...nodeResourcesRequest(instance),
    disks,
    diskRoom,
  };
  const found = await launcher.facts(request, { signal });
  for (const disk of shortenedDisks(found)) onShortened(disk);
  const facts = {
    ...machineFacts(instance, found, network),
    ...secretFacts(instance, found),
    ...nodeResourceFacts(found),
  };
  const machine = await launcher.hypervisor.define(planMachine(instance, facts, configuration), { signal });
  await machine.start({ signal });
  return machine;
}

/** Which files of which images the launcher is to look up. */
function factsRequest({ spec }: VirtualMachineInstance): Partial<FactsRequest> {
  const volumes: FactsRequest['volumes'] = {};
  for (const { name, containerDisk } of spec.volumes ?? [])
    if (containerDisk?.path !== undefined && containerDisk.path !== '')
      volumes[name] = { path: containerDisk.path };
  const container = spec.domain.firmware?.kernelBoot?.container;
  return {
    volumes,
    ...(container === undefined
      ? {}
      : {
          kernelBoot: {
            ...(container.kernelPath === undefined ? {} : { kernelPath: container.kernelPath }),
            ...(container.initrdPath === undefined ? {} : { initrdPath: container.initrdPath }),
          },
        }),
  };
}

/** The launcher's findings as facts for planning. @throws HalError of the first file that is bad. */
function machineFacts(instance: VirtualMachineInstance, found: Facts, network: GuestNetwork): MachineFacts {
  const images: Record<string, MachineFacts['images'][string]> = {};
  for (const [name, fact] of Object.entries(found.volumes)) {
    Object.assign(images, imageFacts(name, fact));
    if (isPreallocated(instance, name, fact)) images[name] = { ...images[name]!, preallocated: true };
  }
  const { kernelBoot } = found;
  if (kernelBoot !== undefined && 'error' in kernelBoot)
    throw new HalError(kernelBoot.error.code, `kernel boot image: ${kernelBoot.error.message}`);
  return {
    images,
    ...(found.ownDisks && { ownDisks: blockSizes(found.ownDisks) }),
    interfaces: network.interfaces,
    hardwareVirtualization: found.hardwareVirtualization,
    ...(kernelBoot?.path === undefined
      ? {}
      : {
          kernelBoot: {
            path: kernelBoot.path,
            ...(kernelBoot.initrdPath === undefined ? {} : { initrdPath: kernelBoot.initrdPath }),
          },
        }),
  };
}

/**
 * One volume's image as a fact; nothing for a volume that the launcher does not have.
 * @throws HalError when its file is bad
 */
export function imageFacts(name: string, fact: Facts['volumes'][string] | undefined): MachineFacts['images'] {
  if (fact === undefined) return {};
  if ('error' in fact) throw new HalError(fact.error.code, `volume ${name}: ${fact.error.message}`);
  const { path, format, directIo, blockSizes: sizes } = fact;
  return {
    [name]: {
      path,
      format,
      ...(directIo !== undefined && { directIo }),
      ...(sizes && { blockSizes: blockSizes(sizes) }),
    },
  };
}

/** KubeVirt domain, discard: what a claim says of itself, and of a disk of the node what is so. */
function isPreallocated(
  { spec, status }: VirtualMachineInstance,
  name: string,
  fact: Facts['volumes'][string],
): boolean {
  const volume = spec.volumes?.find((one) => one.name === name);
  if (volume?.hostDisk !== undefined) return 'allocated' in fact && fact.allocated === true;
  const entry = status?.volumeStatus?.find((one) => one.name === name);
  return entry?.persistentVolumeClaimInfo?.preallocated === true;
}

function shortenedDisks({ volumes }: Facts): ShortenedDisk[] {
  return Object.entries(volumes).flatMap(([volume, fact]) =>
    'error' in fact || fact.shortened === undefined ? [] : [{ volume, ...fact.shortened }],
  );
}

/** Absent members are absent, not undefined. */
function blockSizes({
  logical,
  physical,
  discardGranularity,
}: BlockSizesFact): NonNullable<MachineFacts['ownDisks']> {
  return { logical, physical, ...(discardGranularity !== undefined && { discardGranularity }) };
}
