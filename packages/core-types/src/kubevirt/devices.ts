// Devices of a guest.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, list, presence } from '../schema/scalars.ts';
import { DiskSchema, FilesystemSchema } from './disks.ts';
import { FeatureStateSchema } from './features.ts';
import { InterfaceSchema } from './interfaces.ts';

export const VGPUDisplayOptionsSchema = apiObject('Display of a virtual GPU.', {
  enabled: z.boolean().optional(),
  ramFB: FeatureStateSchema.optional(),
});
export type VGPUDisplayOptions = z.output<typeof VGPUDisplayOptionsSchema>;

export const VGPUOptionsSchema = apiObject('Options of a virtual GPU.', {
  display: VGPUDisplayOptionsSchema.optional(),
});
export type VGPUOptions = z.output<typeof VGPUOptionsSchema>;

export const GPUSchema = apiObject('A GPU of the host, whole or shared.', {
  name: z.string(),
  claimName: z.string().optional(),
  deviceName: z.string().optional(),
  requestName: z.string().optional(),
  tag: z.string().optional(),
  virtualGPUOptions: VGPUOptionsSchema.optional(),
});
export type GPU = z.output<typeof GPUSchema>;

export const HostDeviceSchema = apiObject('A device of the host given to the guest.', {
  name: z.string(),
  claimName: z.string().optional(),
  deviceName: z.string().optional(),
  requestName: z.string().optional(),
  tag: z.string().optional(),
});
export type HostDevice = z.output<typeof HostDeviceSchema>;

export const InputSchema = apiObject('An input device such as a tablet.', {
  name: z.string(),
  bus: z.string().optional(),
  type: z.string(),
});
export type Input = z.output<typeof InputSchema>;

export const PanicDeviceSchema = apiObject('A device by which the guest reports a crash.', {
  model: z.string().optional(),
});
export type PanicDevice = z.output<typeof PanicDeviceSchema>;

export const SoundDeviceSchema = apiObject('An emulated sound card.', {
  name: z.string(),
  model: z.string().optional(),
});
export type SoundDevice = z.output<typeof SoundDeviceSchema>;

export const TPMDeviceSchema = apiObject('An emulated trusted platform module.', {
  enabled: z.boolean().optional(),
  persistent: z.boolean().optional(),
});
export type TPMDevice = z.output<typeof TPMDeviceSchema>;

export const VideoDeviceSchema = apiObject('The video adapter.', {
  type: z.string().optional(),
});
export type VideoDevice = z.output<typeof VideoDeviceSchema>;

export const Diag288WatchdogSchema = apiObject('Watchdog of IBM Z.', {
  action: z.string().optional(),
});
export type Diag288Watchdog = z.output<typeof Diag288WatchdogSchema>;

export const I6300ESBWatchdogSchema = apiObject('PCI watchdog of x86 machines.', {
  action: z.string().optional(),
});
export type I6300ESBWatchdog = z.output<typeof I6300ESBWatchdogSchema>;

export const WatchdogSchema = apiObject('A watchdog that acts when the guest stops feeding it.', {
  name: z.string(),
  diag288: Diag288WatchdogSchema.optional(),
  i6300esb: I6300ESBWatchdogSchema.optional(),
});
export type Watchdog = z.output<typeof WatchdogSchema>;

export const DevicesSchema = apiObject('Virtual and passed-through devices.', {
  autoattachGraphicsDevice: z.boolean().optional(),
  autoattachInputDevice: z.boolean().optional(),
  autoattachMemBalloon: z.boolean().optional(),
  autoattachPodInterface: z.boolean().optional(),
  autoattachSerialConsole: z.boolean().optional(),
  autoattachVSOCK: z.boolean().optional(),
  blockMultiQueue: z.boolean().optional(),
  clientPassthrough: presence().optional(),
  disableHotplug: z.boolean().optional(),
  disks: list(DiskSchema).max(256).optional(),
  downwardMetrics: presence().optional(),
  filesystems: atomicList(FilesystemSchema).optional(),
  gpus: atomicList(GPUSchema).optional(),
  hostDevices: atomicList(HostDeviceSchema).optional(),
  inputs: list(InputSchema).optional(),
  interfaces: list(InterfaceSchema).max(256).optional(),
  logSerialConsole: z.boolean().optional(),
  networkInterfaceMultiqueue: z.boolean().optional(),
  panicDevices: list(PanicDeviceSchema).optional(),
  rng: presence().optional(),
  sound: SoundDeviceSchema.optional(),
  tpm: TPMDeviceSchema.optional(),
  useVirtioTransitional: z.boolean().optional(),
  video: VideoDeviceSchema.optional(),
  watchdog: WatchdogSchema.optional(),
});
export type Devices = z.output<typeof DevicesSchema>;
