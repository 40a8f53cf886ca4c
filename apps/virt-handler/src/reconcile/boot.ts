import type { VirtualMachineInstance } from '@virtkit/core-types';
import { HalError, type Machine } from '@virtkit/hal';
import type { BlockSizesFact, Facts, FactsRequest, LauncherClient } from '@virtkit/launcher-api';
import { planMachine, type MachineFacts, type PlanConfiguration } from '@virtkit/machine-plan';
import type { GuestNetwork } from '../network/provider.ts';
import { secretFacts, secretsRequest } from './secrets.ts';

/**
 * Brings a machine about in its launcher: facts, plan, define, start. Every step is idempotent, so it may be repeated from
 * the beginning after an interruption at any point.
 *
 * @throws HalError, PlanError, HandlerError.
 */
export async function boot(
  instance: VirtualMachineInstance,
  launcher: LauncherClient,
  network: GuestNetwork,
  configuration: PlanConfiguration,
  signal: AbortSignal,
): Promise<Machine> {
  if (network.dhcp.interfaces.length > 0) await launcher.configureDhcp(network.dhcp, { signal });
  const request = { ...factsRequest(instance), ...secretsRequest(instance) };
  const found = await launcher.facts(request, { signal });
  const facts = { ...machineFacts(found, network), ...secretFacts(instance, found) };
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
function machineFacts(found: Facts, network: GuestNetwork): MachineFacts {
  const images: Record<string, MachineFacts['images'][string]> = {};
  for (const [name, fact] of Object.entries(found.volumes)) {
    if ('error' in fact) throw new HalError(fact.error.code, `volume ${name}: ${fact.error.message}`);
    images[name] = {
      path: fact.path,
      format: fact.format,
      ...(fact.blockSizes && { blockSizes: blockSizes(fact.blockSizes) }),
    };
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

/** Absent members are absent, not undefined. */
function blockSizes({
  logical,
  physical,
  discardGranularity,
}: BlockSizesFact): NonNullable<MachineFacts['ownDisks']> {
  return { logical, physical, ...(discardGranularity !== undefined && { discardGranularity }) };
}
