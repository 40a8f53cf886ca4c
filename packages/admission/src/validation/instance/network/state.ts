import { invalid } from '../../finding.ts';
import type { InterfaceRule } from './place.ts';

const states = ['', 'absent', 'up', 'down'];

/** Whether an interface is plugged in, and its link up. */
export const interfaceStateRules: readonly InterfaceRule[] = [
  {
    id: 'NET-07',
    *check({ nic: { state = '' }, field }) {
      if (!states.includes(state))
        yield invalid(`${field}.state`, `state "${state}" is not one of ${states.slice(1).join(', ')}`);
    },
  },
  {
    id: 'NET-08',
    *check({ nic: { sriov, state }, field }) {
      if (sriov !== undefined && (state === 'up' || state === 'down'))
        yield invalid(`${field}.state`, 'the link of an SR-IOV interface cannot be set');
    },
  },
  {
    id: 'NET-09',
    *check({ nic: { bridge, state }, field }) {
      if (state === 'absent' && bridge === undefined)
        yield invalid(`${field}.state`, 'only bridged interfaces can be absent');
    },
  },
  {
    id: 'NET-10',
    *check({ nic: { state }, field, isDefault }) {
      if (state === 'absent' && isDefault)
        yield invalid(`${field}.state`, 'the interface of the default network cannot be absent');
    },
  },
];
