import { jsonEqual } from '@virtkit/core-types';
import { invalid, notSupported } from '../finding.ts';
import type { MachineRule } from './subject.ts';

const carried = ['Halted', 'Manual', 'Always', 'RerunOnFailure', 'Once'];

/** When the machine runs. */
export const runStrategyRules: readonly MachineRule[] = [
  {
    id: 'RUN-1',
    *check({ machine: { spec } }) {
      if (spec.running !== undefined && spec.runStrategy !== undefined)
        yield invalid('spec.running', 'running and runStrategy exclude each other');
    },
  },
  {
    id: 'RUN-2',
    *check({ machine: { spec } }) {
      if (spec.running === undefined && spec.runStrategy === undefined)
        yield invalid('spec.running', 'either running or runStrategy must be given');
    },
  },
  {
    id: 'RUN-3',
    *check({ machine: { spec } }) {
      if (spec.runStrategy === 'WaitAsReceiver')
        yield notSupported('spec.runStrategy', 'machines are not received from other clusters');
    },
  },
  {
    id: 'RUN-4',
    *check({ machine: { spec } }) {
      const { runStrategy } = spec;
      if (runStrategy !== undefined && ![...carried, 'WaitAsReceiver'].includes(runStrategy))
        yield invalid('spec.runStrategy', `"${runStrategy}" is not one of ${carried.join(', ')}`);
    },
  },
  {
    id: 'SNAPST-1',
    *check({ machine, before }) {
      if (before?.status?.snapshotInProgress === undefined) return;
      if (!jsonEqual(before.spec.template.spec?.volumes, machine.spec.template.spec?.volumes))
        yield notSupported('spec', 'volumes cannot change while a snapshot is taken');
    },
  },
];
