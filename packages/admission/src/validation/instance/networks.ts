import { duplicate, invalid, required } from '../finding.ts';
import type { InstanceRule } from './subject.ts';

/** Networks and how interfaces correspond to them. */
export const networkRules: readonly InstanceRule[] = [
  {
    id: 'NET-01',
    *check({ spec: { networks = [] }, root }) {
      if (networks.filter(({ pod }) => pod !== undefined).length > 1)
        yield duplicate(`${root}.networks`, 'only one network can be that of the Pod');
    },
  },
  {
    id: 'NET-04',
    *check({ spec: { networks = [] }, root }) {
      for (const [index, { pod, multus, resourceClaim }] of networks.entries())
        if (pod === undefined && multus === undefined && resourceClaim === undefined)
          yield required(
            `${root}.networks[${index}]`,
            'a network has a source: pod, multus or resourceClaim',
          );
    },
  },
  {
    id: 'NET-05',
    *check({ spec: { networks = [] }, root }) {
      for (const [index, { pod, multus, resourceClaim }] of networks.entries())
        if ([pod, multus, resourceClaim].filter((source) => source !== undefined).length > 1)
          yield required(`${root}.networks[${index}]`, 'a network has one source, not several');
    },
  },
  {
    id: 'NET-16',
    *check({ spec: { networks = [] }, root }) {
      for (const [index, { name }] of networks.entries())
        if (networks.findIndex((other) => other.name === name) < index)
          yield duplicate(`${root}.networks[${index}].name`, `there is another network "${name}"`);
    },
  },
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
