import { duplicate, invalid, required } from '../../finding.ts';
import type { InstanceRule } from '../subject.ts';

/** Every network has an interface, and every interface a network. */
export const networkPairingRules: readonly InstanceRule[] = [
  {
    id: 'NET-23',
    *check({ spec: { networks = [], domain }, root }) {
      const interfaces = new Set((domain.devices.interfaces ?? []).map(({ name }) => name));
      for (const [index, { name }] of networks.entries())
        if (!interfaces.has(name))
          yield required(`${root}.networks[${index}].name`, `no interface connects to network "${name}"`);
    },
  },
  {
    id: 'NET-24',
    *check({ spec: { domain }, root }) {
      const seen = new Set<string>();
      for (const [index, { name }] of (domain.devices.interfaces ?? []).entries()) {
        if (seen.has(name))
          yield duplicate(
            `${root}.domain.devices.interfaces[${index}].name`,
            `there is another interface "${name}"`,
          );
        seen.add(name);
      }
    },
  },
  {
    id: 'NET-25',
    *check({ spec: { networks = [], domain }, root }) {
      const names = new Set(networks.map(({ name }) => name));
      for (const [index, { name }] of (domain.devices.interfaces ?? []).entries())
        if (!names.has(name))
          yield invalid(
            `${root}.domain.devices.interfaces[${index}].name`,
            `there is no network "${name}" to connect to`,
          );
    },
  },
];
