import { describe, expect, test } from 'vitest';
import { clusterConfiguration } from '../../../src/configuration/index.ts';
import { instanceUpdateFindings } from '../../../src/validation/index.ts';
import { testSides, type Sides } from '../../support/sides.ts';
import { controller, handler, person, updateOf, type Change } from './changes.ts';

const elsewhere: Change['before'] = (instance) => void (instance.status!.nodeName = 'node-2');
const label: Change['after'] = ({ metadata }) => void (metadata.labels!['kubevirt.io/nodeName'] = 'node-3');
const spec: Change['after'] = (instance) => void (instance.spec.hostname = 'other');

const rows: readonly Sides<Change>[] = [
  {
    id: 'VMIU-1',
    refuses: { user: { name: handler.name, extra: {} } },
    accepts: { user: handler },
    reason: 'I',
    fields: [undefined],
    alone: true,
  },
  {
    id: 'VMIU-2',
    refuses: { before: elsewhere, user: handler },
    accepts: {
      before: (instance) => {
        elsewhere(instance);
        instance.status!.migrationState = { targetNode: 'node-1' };
      },
      user: handler,
    },
    reason: 'I',
    fields: [undefined],
    alone: true,
  },
  {
    id: 'VMIU-3',
    refuses: {
      after: (instance) => void (instance.status!.migrationState = { targetNode: 'node-2' }),
      user: handler,
    },
    accepts: {
      before: (instance) => void (instance.status!.migrationState = { targetNode: 'node-1' }),
      after: (instance) => void (instance.status!.migrationState = { targetNode: 'node-2' }),
      user: handler,
    },
    reason: 'I',
    fields: [undefined],
    alone: true,
  },
  {
    id: 'VMIU-5',
    refuses: { after: spec, user: person },
    accepts: { after: spec, user: controller },
    reason: 'N',
    fields: [undefined],
    alone: true,
  },
  {
    id: 'VMIU-7',
    refuses: { after: label, user: person },
    accepts: { after: label, user: controller },
    reason: 'N',
    fields: [undefined],
    alone: true,
  },
];

testSides('changes of an instance', rows, (change) => instanceUpdateFindings(updateOf(change)));

describe('the order of the groups', () => {
  test('VMIU-6: a change of the spec by KubeVirt is judged by the rules for plugging, the first that fails', () => {
    const findings = instanceUpdateFindings(
      updateOf({
        after: ({ spec: { domain } }) => {
          domain.cpu!.maxSockets = 8;
          domain.memory!.maxGuest = '8Gi';
        },
      }),
    );
    expect(findings.map(({ rule }) => rule)).toEqual(['HP-01']);
  });

  test('a node agent of another node is told of that, not of the spec', () => {
    const findings = instanceUpdateFindings(updateOf({ before: elsewhere, after: spec, user: handler }));
    expect(findings.map(({ rule }) => rule)).toEqual(['VMIU-2']);
  });

  test('nodes are not looked at where the gate NodeRestriction is off', () => {
    const configuration = clusterConfiguration({
      metadata: {},
      spec: { configuration: { developerConfiguration: { disabledFeatureGates: ['NodeRestriction'] } } },
    });
    const update = updateOf({ before: elsewhere, user: handler });
    expect(instanceUpdateFindings({ ...update, configuration })).toEqual([]);
  });

  test('what is written in another way is not a change', () => {
    const update = updateOf({
      after: ({ spec: { domain }, spec }) => {
        domain.memory!.guest = '1024Mi';
        spec.nodeSelector = {};
        spec.tolerations = [];
      },
      user: person,
    });
    expect(instanceUpdateFindings(update)).toEqual([]);
  });
});
