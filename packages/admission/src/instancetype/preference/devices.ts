import type {
  DevicePreferences,
  Devices,
  Disk,
  Input,
  Interface,
  PanicDevice,
  VirtualMachineInstanceSpec,
  VirtualMachinePreferenceSpec,
} from '@virtkit/core-types';
import { applyAutoattachPreferences } from './autoattach.ts';
import { defined } from './defined.ts';

/** Devices as the preference wishes them, where the spec is silent. `preferredVirtualGPUOptions` has no effect in KubeVirt either. */
export function applyDevicePreferences(
  spec: VirtualMachineInstanceSpec,
  preference: VirtualMachinePreferenceSpec,
): VirtualMachineInstanceSpec {
  const wished = preference.devices;
  if (wished === undefined) return spec;
  const attached = applyAutoattachPreferences(spec, preference);
  const podNetworks = new Set(
    (spec.networks ?? []).filter(({ pod }) => pod !== undefined).map(({ name }) => name),
  );
  const devices = [applySingleDevices, applyPanicDevices, applyLists(podNetworks)].reduce(
    (applied, apply) => apply(applied, wished),
    attached.domain.devices,
  );
  return { ...attached, domain: { ...attached.domain, devices } };
}

function applySingleDevices(devices: Devices, wished: DevicePreferences): Devices {
  const { sound, video } = devices;
  const filled: Partial<Devices> = {
    useVirtioTransitional: devices.useVirtioTransitional ?? wished.preferredUseVirtioTransitional,
    blockMultiQueue: devices.blockMultiQueue ?? wished.preferredBlockMultiQueue,
    networkInterfaceMultiqueue:
      devices.networkInterfaceMultiqueue ?? wished.preferredNetworkInterfaceMultiQueue,
    // Not a default: the preference decides.
    disableHotplug: wished.preferredDisableHotplug ?? devices.disableHotplug,
    rng: devices.rng ?? wished.preferredRng,
    tpm: devices.tpm ?? wished.preferredTPM,
    sound: sound && { ...sound, ...ifMissing('model', sound.model, wished.preferredSoundModel) },
    video:
      video === undefined && !wished.preferredVideoType
        ? undefined
        : { ...video, ...ifMissing('type', video?.type, wished.preferredVideoType) },
  };
  return { ...devices, ...defined(filled) };
}

function applyPanicDevices(devices: Devices, { preferredPanicDeviceModel }: DevicePreferences): Devices {
  if (preferredPanicDeviceModel === undefined) return devices;
  const { panicDevices = [] } = devices;
  const listed: PanicDevice[] = panicDevices.length === 0 ? [{}] : panicDevices;
  return {
    ...devices,
    panicDevices: listed.map((device) => ({
      ...device,
      ...ifMissing('model', device.model, preferredPanicDeviceModel),
    })),
  };
}

function applyLists(podNetworks: ReadonlySet<string>) {
  return (devices: Devices, wished: DevicePreferences): Devices => ({
    ...devices,
    ...defined({
      disks: devices.disks?.map((disk) => preferDisk(disk, wished)),
      inputs: devices.inputs?.map((input) => preferInput(input, wished)),
      interfaces: devices.interfaces?.map((nic) => preferInterface(nic, wished, podNetworks)),
    }),
  });
}

function preferDisk(given: Disk, wished: DevicePreferences): Disk {
  const { cdrom, lun } = given;
  if (cdrom !== undefined) {
    return { ...given, cdrom: { ...cdrom, ...ifMissing('bus', cdrom.bus, wished.preferredCdromBus) } };
  }
  if (lun !== undefined) {
    return { ...given, lun: { ...lun, ...ifMissing('bus', lun.bus, wished.preferredLunBus) } };
  }
  const target = { ...given.disk, ...ifMissing('bus', given.disk?.bus, wished.preferredDiskBus) };
  const ioThread = target.bus === 'virtio' ? wished.preferredDiskDedicatedIoThread : undefined;
  return {
    ...given,
    disk: target,
    ...defined({ blockSize: given.blockSize ?? wished.preferredDiskBlockSize }),
    ...ifMissing('cache', given.cache, wished.preferredDiskCache),
    ...ifMissing('io', given.io, wished.preferredDiskIO),
    ...defined({ dedicatedIOThread: given.dedicatedIOThread ?? ioThread }),
  };
}

function preferInput(input: Input, wished: DevicePreferences): Input {
  return {
    ...input,
    ...ifMissing('bus', input.bus, wished.preferredInputBus),
    ...ifMissing('type', input.type, wished.preferredInputType),
  };
}

const bindings = [
  'binding',
  'bridge',
  'macvtap',
  'masquerade',
  'passt',
  'passtBinding',
  'slirp',
  'sriov',
] as const satisfies readonly (keyof Interface)[];

function preferInterface(
  nic: Interface,
  wished: DevicePreferences,
  podNetworks: ReadonlySet<string>,
): Interface {
  const unbound = bindings.every((binding) => nic[binding] === undefined);
  const masquerade = unbound && podNetworks.has(nic.name) ? wished.preferredInterfaceMasquerade : undefined;
  return {
    ...nic,
    ...ifMissing('model', nic.model, wished.preferredInterfaceModel),
    ...(masquerade === undefined ? {} : { masquerade }),
  };
}

/** The wish under its name, when there is one and nothing was given; an empty text counts as nothing. */
function ifMissing<K extends string>(
  name: K,
  given: string | undefined,
  wish: string | undefined,
): Partial<Record<K, string>> {
  if (given !== undefined && given !== '') return {};
  return wish === undefined || wish === '' ? {} : ({ [name]: wish } as Record<K, string>);
}
