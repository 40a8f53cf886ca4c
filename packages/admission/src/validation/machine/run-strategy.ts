import { invalid } from '../finding.ts';
import type { MachineSpecRule } from './subject.ts';

const strategies = ['Halted', 'Manual', 'Always', 'RerunOnFailure', 'Once'];
const receiver = 'WaitAsReceiver';

/** When the machine runs. */
export const runStrategyRules: readonly MachineSpecRule[] = [
  {
    id: 'RUN-1',
    *check({ spec, root }) {
      if (spec.running !== undefined && spec.runStrategy !== undefined)
        yield invalid(`${root}.running`, 'running and runStrategy exclude each other');
    },
  },
  {
    id: 'RUN-2',
    *check({ spec, root }) {
      if (spec.running === undefined && spec.runStrategy === undefined)
        yield invalid(`${root}.running`, 'either running or runStrategy must be given');
    },
  },
  {
    id: 'RUN-3',
    *check({ spec, root, configuration }) {
      if (spec.runStrategy === receiver && !configuration.gates.has('DecentralizedLiveMigration'))
        yield invalid(`${root}.runStrategy`, 'the feature gate DecentralizedLiveMigration is off');
    },
  },
  {
    id: 'RUN-4',
    *check({ spec: { runStrategy }, root }) {
      if (runStrategy !== undefined && ![...strategies, receiver].includes(runStrategy))
        yield invalid(`${root}.runStrategy`, `"${runStrategy}" is not one of ${strategies.join(', ')}`);
    },
  },
];
