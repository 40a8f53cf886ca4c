// Devices of nodes that virtual machines may use.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList } from '../schema/scalars.ts';

export const MediatedHostDeviceSchema = apiObject('Mediated devices offered under a resource name.', {
  externalResourceProvider: z.boolean().optional(),
  mdevNameSelector: z.string(),
  resourceName: z.string(),
});
export type MediatedHostDevice = z.output<typeof MediatedHostDeviceSchema>;

export const PciHostDeviceSchema = apiObject('PCI devices offered under a resource name.', {
  externalResourceProvider: z.boolean().optional(),
  pciVendorSelector: z.string(),
  resourceName: z.string(),
});
export type PciHostDevice = z.output<typeof PciHostDeviceSchema>;

export const USBSelectorSchema = apiObject('USB vendor and product.', {
  product: z.string(),
  vendor: z.string(),
});
export type USBSelector = z.output<typeof USBSelectorSchema>;

export const USBHostDeviceSchema = apiObject('USB devices offered under a resource name.', {
  externalResourceProvider: z.boolean().optional(),
  resourceName: z.string(),
  selectors: atomicList(USBSelectorSchema).optional(),
});
export type USBHostDevice = z.output<typeof USBHostDeviceSchema>;

export const PermittedHostDevicesSchema = apiObject('Devices of nodes that virtual machines may use.', {
  mediatedDevices: atomicList(MediatedHostDeviceSchema).optional(),
  pciHostDevices: atomicList(PciHostDeviceSchema).optional(),
  usb: atomicList(USBHostDeviceSchema).optional(),
});
export type PermittedHostDevices = z.output<typeof PermittedHostDevicesSchema>;

export const NodeMediatedDeviceTypesConfigSchema = apiObject('Mediated device types for some nodes.', {
  mediatedDeviceTypes: atomicList(z.string()).optional(),
  mediatedDevicesTypes: atomicList(z.string()).optional(),
  nodeSelector: z.record(z.string(), z.string()),
});
export type NodeMediatedDeviceTypesConfig = z.output<typeof NodeMediatedDeviceTypesConfigSchema>;

export const MediatedDevicesConfigurationSchema = apiObject('Mediated device types to create.', {
  enabled: z.boolean().optional(),
  mediatedDeviceTypes: atomicList(z.string()).optional(),
  mediatedDevicesTypes: atomicList(z.string()).optional(),
  nodeMediatedDeviceTypes: atomicList(NodeMediatedDeviceTypesConfigSchema).optional(),
});
export type MediatedDevicesConfiguration = z.output<typeof MediatedDevicesConfigurationSchema>;
