import { VirtctlError } from '../errors.ts';

/** What a command acts on: a machine or a running instance. */
export type MachineKind = 'vm' | 'vmi';

const names: Readonly<Record<MachineKind, readonly string[]>> = {
  vm: ['vm', 'vms', 'virtualmachine', 'virtualmachines'],
  vmi: ['vmi', 'vmis', 'virtualmachineinstance', 'virtualmachineinstances'],
};

/** Reads `vm`, `vmi` and their long and plural names, in any case. @throws VirtctlError `usage` */
export function parseKind(text: string): MachineKind {
  const wanted = text.toLowerCase();
  if (names.vm.includes(wanted)) return 'vm';
  if (names.vmi.includes(wanted)) return 'vmi';
  throw new VirtctlError('usage', `unsupported resource type '${text}'`, { nextStep: 'use vm or vmi' });
}
