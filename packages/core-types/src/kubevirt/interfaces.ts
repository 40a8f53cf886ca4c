// Network interfaces of a guest.
import * as z from 'zod';
import { apiObject } from '../schema/object.ts';
import { atomicList, int32, list, presence } from '../schema/scalars.ts';

export const PluginBindingSchema = apiObject('A network binding plug-in, by name.', {
  name: z.string(),
});
export type PluginBinding = z.output<typeof PluginBindingSchema>;

export const DHCPPrivateOptionsSchema = apiObject('A site-specific DHCP option (224 to 254).', {
  option: int32(),
  value: z.string(),
});
export type DHCPPrivateOptions = z.output<typeof DHCPPrivateOptionsSchema>;

export const DHCPOptionsSchema = apiObject('Options handed out over DHCP.', {
  bootFileName: z.string().optional(),
  ntpServers: list(z.string()).optional(),
  privateOptions: list(DHCPPrivateOptionsSchema).optional(),
  tftpServerName: z.string().optional(),
});
export type DHCPOptions = z.output<typeof DHCPOptionsSchema>;

export const PortSchema = apiObject('A port that is forwarded to the guest.', {
  name: z.string().optional(),
  port: int32(),
  protocol: z.string().optional(),
});
export type Port = z.output<typeof PortSchema>;

export const PortRangeSchema = apiObject('A range of ports that is forwarded to the guest.', {
  end: int32(),
  protocol: z.string(),
  start: int32(),
});
export type PortRange = z.output<typeof PortRangeSchema>;

export const InterfaceSchema = apiObject('A network interface, bound to the network of the same name.', {
  name: z.string(),
  acpiIndex: int32().optional(),
  binding: PluginBindingSchema.optional(),
  bootOrder: int32().optional(),
  bridge: presence().optional(),
  dhcpOptions: DHCPOptionsSchema.optional(),
  macAddress: z.string().describe('MAC address; chosen when absent.').optional(),
  macvtap: presence().optional(),
  masquerade: presence().optional(),
  model: z.string().optional(),
  passt: presence().optional(),
  passtBinding: presence().optional(),
  pciAddress: z.string().optional(),
  portRanges: atomicList(PortRangeSchema).optional(),
  ports: list(PortSchema).optional(),
  slirp: presence().optional(),
  sriov: presence().optional(),
  state: z.string().describe('`absent` unplugs the interface; up and down set its link.').optional(),
  tag: z.string().optional(),
});
export type Interface = z.output<typeof InterfaceSchema>;
