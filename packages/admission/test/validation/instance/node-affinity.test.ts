import type { NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm } from '@virtkit/core-types';
import { testInstanceSides, type SpecParts } from '../../support/instance-sides.ts';

const requiredPath = 'S.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
const preferredPath = 'S.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution';

const nodes = (nodeAffinity: NodeAffinity): SpecParts => ({ affinity: { nodeAffinity } });
const requiring = (...nodeSelectorTerms: NodeSelectorTerm[]) =>
  nodes({ requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } });
const preferring = (...weights: number[]) =>
  nodes({
    preferredDuringSchedulingIgnoredDuringExecution: weights.map((weight) => ({ weight, preference: {} })),
  });
const labels = (...matchExpressions: NodeSelectorRequirement[]) => requiring({ matchExpressions });
const fields = (...matchFields: NodeSelectorRequirement[]) => requiring({ matchFields });

/** A condition with an operator that the schema of the API does not let through. */
const odd = (requirement: NodeSelectorRequirement, operator: string): NodeSelectorRequirement =>
  Object.assign({ ...requirement }, { operator });

const disk: NodeSelectorRequirement = { key: 'disk', operator: 'Exists' };
const name: NodeSelectorRequirement = { key: 'metadata.name', operator: 'In', values: ['node-1'] };

testInstanceSides('node affinity', [
  {
    id: 'AFF-01',
    refuses: requiring(),
    accepts: requiring({}),
    reason: 'I',
    fields: [requiredPath],
  },
  {
    id: 'AFF-02',
    refuses: preferring(1, 0, 101),
    accepts: preferring(1, 100),
    reason: 'I',
    fields: [`${preferredPath}[1].weight`, `${preferredPath}[2].weight`],
  },
  {
    id: 'AFF-03',
    refuses: labels(
      { key: 'disk', operator: 'In' },
      { key: 'disk', operator: 'NotIn', values: [] },
      { key: 'disk', operator: 'Exists', values: ['ssd'] },
      { key: 'disk', operator: 'DoesNotExist', values: ['ssd'] },
      { key: 'disks', operator: 'Gt', values: ['1', '2'] },
      { key: 'disks', operator: 'Lt' },
    ),
    accepts: labels(
      { key: 'disk', operator: 'In', values: ['ssd'] },
      { key: 'disk', operator: 'NotIn', values: ['ssd', 'tape'] },
      { key: 'disk', operator: 'Exists', values: [] },
      { key: 'disk', operator: 'DoesNotExist' },
      { key: 'disks', operator: 'Gt', values: ['1'] },
      { key: 'disks', operator: 'Lt', values: ['9'] },
    ),
    reason: 'I',
    fields: [0, 1, 2, 3, 4, 5].map((index) => `${requiredPath}[0].matchExpressions[${index}].values`),
  },
  {
    id: 'AFF-04',
    refuses: labels(odd(disk, 'Near')),
    accepts: labels(disk),
    reason: 'I',
    fields: [`${requiredPath}[0].matchExpressions[0].operator`],
  },
  {
    id: 'AFF-05',
    refuses: labels(disk, { ...disk, key: '-disk' }, { ...disk, key: 'a/b/c' }, { ...disk, key: 'A/disk' }),
    accepts: labels(disk, { ...disk, key: 'example.org/Disk_1' }, { ...disk, key: 'd'.repeat(63) }),
    reason: 'I',
    fields: [1, 2, 3].map((index) => `${requiredPath}[0].matchExpressions[${index}].key`),
  },
  {
    // What is preferred is judged as what is required, at a path of its own.
    id: 'AFF-05',
    refuses: nodes({
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [{ ...disk, key: '' }] } },
      ],
    }),
    accepts: nodes({
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [disk] } },
      ],
    }),
    reason: 'I',
    fields: [`${preferredPath}[0].preference.matchExpressions[0].key`],
  },
  {
    id: 'AFF-06',
    refuses: fields({ ...name, operator: 'Exists' }),
    accepts: fields({ ...name, operator: 'NotIn' }),
    reason: 'I',
    fields: [`${requiredPath}[0].matchFields[0].operator`],
  },
  {
    id: 'AFF-06',
    refuses: fields({ ...name, values: ['node-1', 'node-2'] }, { ...name, values: [] }),
    accepts: fields(name, name),
    reason: 'I',
    fields: [`${requiredPath}[0].matchFields[0].values`, `${requiredPath}[0].matchFields[1].values`],
  },
  {
    id: 'AFF-06',
    refuses: fields({ ...name, key: 'metadata.uid' }),
    accepts: fields(name),
    reason: 'I',
    fields: [`${requiredPath}[0].matchFields[0].key`],
  },
  {
    id: 'AFF-06',
    refuses: fields({ ...name, values: ['Node 1'] }),
    accepts: fields({ ...name, values: ['node-1.example'] }),
    reason: 'I',
    fields: [`${requiredPath}[0].matchFields[0].values[0]`],
  },
]);
