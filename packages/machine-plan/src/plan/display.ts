import type { VirtualMachineInstanceSpec } from '@virtkit/core-types';
import type { Display, Input } from '@virtkit/hal';
import type { PlanConfiguration } from '../configuration.ts';
import { PlanError } from '../errors.ts';

/** A display unless it is switched off; guests of a foreign architecture have none. @throws PlanError `unsupported` */
export function planDisplay(
  spec: VirtualMachineInstanceSpec,
  configuration: PlanConfiguration,
  foreign: boolean,
): Display | undefined {
  if (spec.domain.devices.autoattachGraphicsDevice === false || foreign) return undefined;
  const model = videoModel(spec, configuration);
  const sized = Boolean(spec.domain.devices.video?.type) || model === 'vga';
  return { videoModel: model, ...(sized && { videoMemoryBytes }) };
}

/** KubeVirt: memory of adapters that are named, and of VGA. */
const videoMemoryBytes = 16 * 2 ** 20;

const models = ['vga', 'virtio', 'bochs', 'cirrus', 'ramfb'] as const;

function videoModel(
  { domain, architecture }: VirtualMachineInstanceSpec,
  { vgaForUefi }: PlanConfiguration,
): Display['videoModel'] {
  const wanted = domain.devices.video?.type;
  if (wanted) {
    const known = models.find((candidate) => candidate === wanted);
    if (known !== undefined) return known;
    throw new PlanError('unsupported', `there is no video adapter ${wanted}`, {
      field: 'spec.domain.devices.video.type',
    });
  }
  if (architecture === 'arm64' || architecture === 's390x') return 'virtio';
  return domain.firmware?.bootloader?.efi === undefined || vgaForUefi === true ? 'vga' : 'bochs';
}

/** KubeVirt: the input device of a machine that wants one and names none. */
const defaultInput = 'default-0';

/** The input devices that are named, and those that a display of the architecture needs to be of use. */
export function planInputs(spec: VirtualMachineInstanceSpec, withDisplay: boolean): Input[] {
  const named = (spec.domain.devices.inputs ?? []).map(({ name, type, bus }, index): Input => {
    const field = `spec.domain.devices.inputs[${index}]`;
    if (type !== '' && type !== 'tablet')
      throw new PlanError('unsupported', `there is no input device ${type}`, { field: `${field}.type` });
    return { id: name, type: 'tablet', bus: inputBus(bus, `${field}.bus`) };
  });
  if (named.length === 0 && spec.domain.devices.autoattachInputDevice === true)
    named.push({ id: defaultInput, type: 'tablet', bus: 'usb' });
  if (!withDisplay) return named;
  if (spec.architecture === 's390x') return [...named, { type: 'keyboard', bus: 'virtio' }];
  if (spec.architecture !== 'arm64') return named;
  return [
    ...named,
    ...(named.length === 0 ? [{ type: 'tablet', bus: 'usb' } as const] : []),
    { type: 'keyboard', bus: 'usb' },
  ];
}

function inputBus(bus: string | undefined, field: string): Input['bus'] {
  if (!bus) return 'usb';
  if (bus === 'usb' || bus === 'virtio') return bus;
  throw new PlanError('unsupported', `there is no input bus ${bus}`, { field });
}
