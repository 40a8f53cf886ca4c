import type { MachineSpec } from '@virtkit/hal';
import { clockElement } from './clock.ts';
import { controllerElements } from './controllers.ts';
import { cpuElement, numaTuneElement } from './cpu.ts';
import { deviceElements } from './devices.ts';
import { diskElement, targetNames } from './disks.ts';
import { toXml, type XmlElement } from './element.ts';
import { extraDeviceElements } from './extra-devices.ts';
import { featuresElement } from './features.ts';
import { osElement, sysinfoElement } from './firmware.ts';
import { hostDeviceElement } from './host-devices.ts';
import { interfaceElement } from './interfaces.ts';
import { interfaceArguments, interfaceOverrides } from './interface-sockets.ts';
import { launchSecurityElement } from './launch-security.ts';
import { addedMemoryElement, memoryElements } from './memory.ts';
import { placePciDevices } from './pci-placement.ts';
import { firmwareArguments, qemuArguments, qemuNamespace } from './qemu-arguments.ts';
import { threadElements, vcpuElements } from './vcpus.ts';

/** What runs guest code: KVM or Microsoft's hypervisor on the CPU, or QEMU itself, which emulates it. */
export type VirtType = 'kvm' | 'hyperv' | 'qemu';

/** The file or device that QEMU opens for a disk. */
export type DiskFile = { path: string; format: 'raw' | 'qcow2' } | { device: string };

/** UEFI firmware of the host. */
export interface UefiFiles {
  /** The program; absent where libvirt chooses it. */
  code?: string;
  /** What the variables are at first; absent for firmware without variables. */
  variablesTemplate?: string;
  /** File that holds this machine's variables. */
  variables?: string;
}

/** What rendering needs beside the spec: choices and paths that belong to this host. */
export interface RenderContext {
  virtType: VirtType;
  /** Path of the QEMU binary. */
  emulator: string;
  /** What backs each disk, by disk id: what the guest sees is this. Empty drives have nothing. */
  diskFiles: ReadonlyMap<string, DiskFile>;
  /** Where QEMU copies the output of serial port 0. */
  serialLog: string;
  /** Unix socket of the VNC server. */
  vncSocket: string;
  /** Unix socket that libvirt talks to the guest agent through; libvirt's own choice of a path may be too long. */
  agentSocket: string;
  /** Unix sockets on which QEMU waits for passt, by interface id; absent where libvirt starts passt itself. */
  passtSockets?: ReadonlyMap<string, string>;
  /** UEFI firmware of this host, when the spec wants UEFI. */
  uefi?: UefiFiles;
}

/** Namespace of Virtkit's own element in a domain's metadata. */
const metadataNamespace = 'https://virtkit.dev/libvirt/1';

/**
 * The libvirt domain of a machine. Pure: the same spec and context give the same text. Its UUID is that of the firmware, which
 * libvirt takes from there.
 * @throws HalError `invalid-spec` when PCI devices find no place
 */
export function renderDomain(spec: MachineSpec, context: RenderContext): string {
  const { firmware } = spec;
  return toXml({
    domain: {
      '@type': context.virtType,
      '@xmlns:qemu': qemuNamespace,
      name: spec.name,
      metadata: {
        'virtkit:machine': { '@xmlns:virtkit': metadataNamespace, '@id': spec.id },
      },
      ...memoryElements(spec),
      ...vcpuElements(spec.cpu),
      ...threadElements(spec),
      numatune: numaTuneElement(spec.cpu.numa),
      sysinfo: sysinfoElement(firmware),
      os: osElement(spec, context),
      features: featuresElement(spec),
      cpu: cpuElement(spec.cpu, context.virtType),
      clock: clockElement(spec.clock),
      on_poweroff: 'destroy',
      on_reboot: spec.onReboot === 'terminate' ? 'destroy' : 'restart',
      on_crash: 'destroy',
      iommufd: spec.hostDevicesByDescriptor === true ? { '@enabled': 'yes', '@fdgroup': 'iommu' } : undefined,
      devices: placePciDevices(devicesOf(spec, context), spec),
      launchSecurity: launchSecurityElement(spec.launchSecurity),
      'qemu:commandline': qemuArguments([
        ...firmwareArguments(firmware),
        ...interfaceArguments(spec, context.passtSockets),
      ]),
      'qemu:override': interfaceOverrides(spec, context.passtSockets),
    },
  });
}

function devicesOf(spec: MachineSpec, context: RenderContext): XmlElement {
  const targets = targetNames(spec.disks);
  return {
    emulator: context.emulator,
    disk: spec.disks.map((disk) => diskElement(disk, targets.get(disk.id) ?? '', spec, context)),
    controller: controllerElements(spec),
    interface: spec.interfaces.map((nic) => interfaceElement(nic, spec, context)),
    hostdev: (spec.hostDevices ?? []).map(hostDeviceElement),
    ...deviceElements(spec, context),
    ...extraDeviceElements(spec),
    memory: addedMemoryElement(spec.memory.added),
  };
}
