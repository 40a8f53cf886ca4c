// Devices of a preference.
import * as z from 'zod';
import { TPMDeviceSchema, VGPUOptionsSchema } from '../kubevirt/devices.ts';
import { BlockSizeSchema } from '../kubevirt/disks.ts';
import { diskBuses } from '../kubevirt/values.ts';
import { apiObject } from '../schema/object.ts';
import { openEnum, presence } from '../schema/scalars.ts';

export const DevicePreferencesSchema = apiObject('Devices where the machine says nothing about them.', {
  preferredAutoattachGraphicsDevice: z.boolean().optional(),
  preferredAutoattachInputDevice: z.boolean().optional(),
  preferredAutoattachMemBalloon: z.boolean().optional(),
  preferredAutoattachPodInterface: z.boolean().optional(),
  preferredAutoattachSerialConsole: z.boolean().optional(),
  preferredBlockMultiQueue: z.boolean().optional(),
  preferredCdromBus: openEnum(diskBuses).optional(),
  preferredDisableHotplug: z.boolean().optional(),
  preferredDiskBlockSize: BlockSizeSchema.optional(),
  preferredDiskBus: openEnum(diskBuses).optional(),
  preferredDiskCache: z.string().optional(),
  preferredDiskDedicatedIoThread: z.boolean().describe('For disks on the virtio bus.').optional(),
  preferredDiskIO: z.string().optional(),
  preferredInputBus: z.string().optional(),
  preferredInputType: z.string().optional(),
  preferredInterfaceMasquerade: presence().optional(),
  preferredInterfaceModel: z.string().optional(),
  preferredLunBus: openEnum(diskBuses).optional(),
  preferredNetworkInterfaceMultiQueue: z.boolean().optional(),
  preferredPanicDeviceModel: z.string().optional(),
  preferredRng: presence().optional(),
  preferredSoundModel: z.string().optional(),
  preferredTPM: TPMDeviceSchema.optional(),
  preferredUseVirtioTransitional: z.boolean().optional(),
  preferredVideoType: z.string().optional(),
  preferredVirtualGPUOptions: VGPUOptionsSchema.optional(),
});
export type DevicePreferences = z.output<typeof DevicePreferencesSchema>;
