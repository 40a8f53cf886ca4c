import type { Facets } from '@virtkit/hal';
import type { MachineHost } from '../machine/machine-host.ts';
import type { KvmQemuMachine } from '../machine/machine.ts';
import { consolesFacet } from './consoles.ts';
import { displayFacet } from './display.ts';
import { guestAgentFacet } from './guest-agent.ts';
import { hotplugFacet } from './hotplug.ts';
import { memoryDumpFacet } from './memory-dump.ts';
import { pauseFacet, resetFacet, softRebootFacet } from './power.ts';
import { statisticsFacet } from './statistics.ts';
import { usbRedirectionFacet } from './usb-redirection.ts';

/** Every ability of a KVM/QEMU machine. */
export function createFacets(machine: KvmQemuMachine, host: MachineHost): Facets {
  return {
    pause: pauseFacet(machine),
    reset: resetFacet(machine),
    softReboot: softRebootFacet(machine),
    consoles: consolesFacet(machine),
    display: displayFacet(machine, host),
    guestAgent: guestAgentFacet(machine, host),
    usbRedirection: usbRedirectionFacet(machine),
    hotplug: hotplugFacet(machine, host),
    memoryDump: memoryDumpFacet(machine, host),
    statistics: statisticsFacet(machine),
  };
}
