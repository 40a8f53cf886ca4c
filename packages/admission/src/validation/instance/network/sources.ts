import type { Network } from '@virtkit/core-types';
import { duplicate, invalid, required } from '../../finding.ts';
import type { InstanceRule } from '../subject.ts';
import type { NetworkRule } from './place.ts';

/** What a network leads to; each network has one. */
const sources = ['pod', 'multus', 'resourceClaim'] as const;

const sourcesOf = (network: Network) => sources.filter((source) => network[source] !== undefined);
const isMultusDefault = ({ multus }: Network): boolean => multus?.default === true;

/** Which networks may stand together. */
export const defaultNetworkRules: readonly InstanceRule[] = [
  {
    id: 'NET-01',
    *check({ spec: { networks = [] }, root }) {
      if (networks.filter(({ pod }) => pod !== undefined).length > 1)
        yield duplicate(`${root}.interfaces`, 'only one network can be that of the Pod');
    },
  },
  {
    id: 'NET-02',
    *check({ spec: { networks = [] }, root }) {
      if (networks.filter(isMultusDefault).length > 1)
        yield invalid(`${root}.networks`, 'only one Multus network can be the default one');
    },
  },
  {
    id: 'NET-03',
    *check({ spec: { networks = [] }, root }) {
      if (networks.some(({ pod }) => pod !== undefined) && networks.some(isMultusDefault))
        yield invalid(
          `${root}.networks`,
          'the network of the Pod and a default Multus network exclude each other',
        );
    },
  },
];

/** What each network leads to. */
export const networkSourceRules: readonly NetworkRule[] = [
  {
    id: 'NET-04',
    *check({ network, field }) {
      if (sourcesOf(network).length === 0)
        yield required(field, `a network has a source: ${sources.join(', ')}`);
    },
  },
  {
    id: 'NET-05',
    *check({ network, field }) {
      if (sourcesOf(network).length > 1) yield required(field, 'a network has one source, not several');
    },
  },
];

/** A Multus network says which. KubeVirt reports the first that does not. */
export const multusNameRule: InstanceRule = {
  id: 'NET-06',
  *check({ spec: { networks = [] }, root }) {
    const index = networks.findIndex(({ multus }) => multus?.networkName === '');
    if (index >= 0)
      yield required(`${root}.networks[${index}]`, 'a Multus network names its NetworkAttachmentDefinition');
  },
};

/** Networks are told apart by their names. */
export const networkNameRule: InstanceRule = {
  id: 'NET-16',
  *check({ spec: { networks = [] }, root }) {
    const seen = new Set<string>();
    for (const [index, { name }] of networks.entries()) {
      if (seen.has(name))
        yield duplicate(`${root}.networks[${index}].name`, `there is another network "${name}"`);
      seen.add(name);
    }
  },
};
