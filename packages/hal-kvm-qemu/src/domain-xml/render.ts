import type { MachineSpec } from '@virtkit/hal';
import { cpuElement } from './cpu.ts';
import { deviceElements } from './devices.ts';
import { diskElement, targetNames } from './disks.ts';
import { toXml } from './element.ts';
import { osElement, sysinfoElement } from './firmware.ts';
import { interfaceElement } from './interfaces.ts';

/** What rendering needs beside the spec: choices and paths that belong to this host. */
export interface RenderContext {
  /** `kvm` runs guest code on the CPU, `qemu` emulates it. */
  virtType: 'kvm' | 'qemu';
  /** Path of the QEMU binary. */
  emulator: string;
  /** File that backs each disk, by disk id: what the guest sees is this file. */
  diskFiles: ReadonlyMap<string, { path: string; format: 'raw' | 'qcow2' } | { device: string }>;
  /** Where QEMU copies the output of serial port 0. */
  serialLog: string;
  /** Unix socket of the VNC server. */
  vncSocket: string;
  /** Unix socket that libvirt talks to the guest agent through; libvirt's own choice of a path may be too long. */
  agentSocket: string;
  /** UEFI firmware of this host, when the spec wants UEFI. */
  uefi?: { code: string; variablesTemplate: string; variables: string };
}

/** Namespace of Virtkit's own element in a domain's metadata. */
const metadataNamespace = 'https://virtkit.dev/libvirt/1';

/** Name of a device inside libvirt, derived from its id in the spec; `ua-` marks names that users choose. */
export const aliasOf = (kind: 'disk' | 'net', id: string): string =>
  `ua-${kind}-${id.replace(/[^A-Za-z0-9_-]/g, '_')}`;

/** The libvirt domain of a machine. Pure: the same spec and context give the same text. */
export function renderDomain(spec: MachineSpec, context: RenderContext): string {
  const { cpu } = spec;
  const targets = targetNames(spec.disks);
  return toXml({
    domain: {
      '@type': context.virtType,
      name: spec.name,
      uuid: spec.firmware.uuid,
      metadata: {
        'virtkit:machine': { '@xmlns:virtkit': metadataNamespace, '@id': spec.id },
      },
      memory: { '@unit': 'b', '#text': spec.memory.sizeBytes },
      vcpu: { '@placement': 'static', '#text': cpu.sockets * cpu.cores * cpu.threads },
      os: osElement(spec, context),
      sysinfo: sysinfoElement(spec.firmware),
      features: { acpi: {}, ...(spec.architecture === 'x86_64' ? { apic: {} } : {}) },
      cpu: cpuElement(cpu, context.virtType),
      clock: { '@offset': 'utc' },
      on_poweroff: 'destroy',
      on_reboot: spec.onReboot === 'terminate' ? 'destroy' : 'restart',
      on_crash: 'destroy',
      devices: {
        emulator: context.emulator,
        disk: spec.disks.map((disk) => diskElement(disk, targets.get(disk.id) ?? '', context)),
        interface: spec.interfaces.map(interfaceElement),
        ...deviceElements(spec, context),
      },
    },
  });
}
