import type { TopologySpreadConstraint } from '@virtkit/core-types';
import { testInstanceSides, type SpecParts } from '../../support/instance-sides.ts';

const path = 'S.topologySpreadConstraints';
const even: TopologySpreadConstraint = {
  maxSkew: 1,
  topologyKey: 'topology.kubernetes.io/zone',
  whenUnsatisfiable: 'DoNotSchedule',
};
const spread = (...parts: Partial<TopologySpreadConstraint>[]): SpecParts => ({
  topologySpreadConstraints: parts.map((part) => ({ ...even, ...part })),
});
/** A constraint with an effect that the schema of the API does not let through. */
const odd = (whenUnsatisfiable: string): TopologySpreadConstraint =>
  Object.assign({ ...even }, { whenUnsatisfiable });

testInstanceSides('topology spread', [
  {
    id: 'TSC-01',
    refuses: spread({ maxSkew: 0 }, { maxSkew: -1, topologyKey: 'host' }),
    accepts: spread({ maxSkew: 1 }),
    reason: 'I',
    fields: [`${path}[0].maxSkew`, `${path}[1].maxSkew`],
  },
  {
    id: 'TSC-02',
    refuses: spread({ topologyKey: 'a b' }, { topologyKey: '' }),
    accepts: spread({ topologyKey: 'zone' }),
    reason: 'I',
    fields: [`${path}[0].topologyKey`, `${path}[1].topologyKey`],
  },
  {
    id: 'TSC-03',
    refuses: spread(odd('Schedule')),
    accepts: spread({ whenUnsatisfiable: 'ScheduleAnyway' }),
    reason: 'I',
    fields: [`${path}[0].whenUnsatisfiable`],
  },
  {
    id: 'TSC-04',
    refuses: spread(
      {},
      { topologyKey: 'host', labelSelector: { matchExpressions: [{ key: 'app', operator: 'In' }] } },
    ),
    accepts: spread({ labelSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }),
    reason: 'I',
    fields: [`${path}.labelSelector.matchExpressions[0].values`],
  },
  {
    id: 'TSC-05',
    refuses: spread({}, { maxSkew: 2 }, {}),
    accepts: spread({}, { whenUnsatisfiable: 'ScheduleAnyway' }, { topologyKey: 'host' }),
    reason: 'I',
    fields: [`${path}[0].{topologyKey, whenUnsatisfiable}`, `${path}[1].{topologyKey, whenUnsatisfiable}`],
  },
]);
