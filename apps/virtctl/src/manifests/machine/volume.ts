import type { Volume, VirtualMachineSpec } from '@virtkit/core-types';
import { VirtctlError } from '../../errors.ts';
import { flagError, needed, parseBootOrder, parseParameters, parseReference } from '../parameters.ts';

export type DataVolumeTemplate = NonNullable<VirtualMachineSpec['dataVolumeTemplates']>[number];

/** A volume of the machine to be made. */
export interface PlannedVolume {
  readonly volume: Volume;
  readonly bootOrder: number | undefined;
  /** The DataVolume that is made with the machine. */
  readonly template?: DataVolumeTemplate;
}

/** `--volume-containerdisk src:...,name:...,bootorder:...`, the `index`th of them. */
export function containerDisk(machine: string, text: string, index: number): PlannedVolume {
  const flag = 'volume-containerdisk';
  const parameters = parseParameters(flag, text, ['src', 'name', 'bootorder']);
  const image = needed(flag, parameters, 'src');
  const name = parameters.get('name') ?? `${machine}-containerdisk-${index}`;
  return { volume: { name, containerDisk: { image } }, bootOrder: parseBootOrder(flag, parameters) };
}

/** `--volume-pvc src:...,name:...,bootorder:...` */
export function claimVolume(text: string): PlannedVolume {
  const flag = 'volume-pvc';
  const parameters = parseParameters(flag, text, ['src', 'name', 'bootorder']);
  const { namespace, name: claimName } = parseReference(flag, needed(flag, parameters, 'src'));
  if (namespace !== undefined) throw flagError(flag, 'the namespace of a claim is that of the machine');
  return {
    volume: { name: parameters.get('name') ?? claimName, persistentVolumeClaim: { claimName } },
    bootOrder: parseBootOrder(flag, parameters),
  };
}

/** `--volume-sysprep src:...,type:configmap|secret` */
export function sysprepVolume(text: string): PlannedVolume {
  const flag = 'volume-sysprep';
  const parameters = parseParameters(flag, text, ['src', 'type']);
  const { namespace, name } = parseReference(flag, needed(flag, parameters, 'src'));
  if (namespace !== undefined) throw flagError(flag, 'the namespace of the source is that of the machine');
  const type = parameters.get('type') ?? 'configmap';
  if (type !== 'configmap' && type !== 'secret') throw flagError(flag, `invalid type "${type}"`);
  const sysprep = type === 'secret' ? { secret: { name } } : { configMap: { name } };
  return { volume: { name: 'sysprepdisk', sysprep }, bootOrder: undefined };
}

/** RFC 1123: what a label, and so a volume's name, looks like. */
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** @throws VirtctlError `usage` for a name that is none or stands twice, and for a boot order that stands twice */
export function checkVolumes(volumes: readonly PlannedVolume[]): void {
  const names = new Set<string>();
  const orders = new Set<number>();
  for (const { volume, bootOrder } of volumes) {
    if (!label.test(volume.name))
      throw new VirtctlError('usage', `invalid volume name "${volume.name}": it is not a DNS label`);
    if (names.has(volume.name))
      throw new VirtctlError('usage', `there is already a volume with name "${volume.name}"`);
    names.add(volume.name);
    if (bootOrder === undefined) continue;
    if (orders.has(bootOrder))
      throw new VirtctlError('usage', `bootorder ${bootOrder} was specified multiple times`);
    orders.add(bootOrder);
  }
}
