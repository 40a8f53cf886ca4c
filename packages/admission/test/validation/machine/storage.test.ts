import type { VirtualMachine } from '@virtkit/core-types';
import { testSides, type Sides } from '../../support/sides.ts';
import { judge, type MachineChange } from './machines.ts';

type Edit = (machine: VirtualMachine) => void;
const none: Edit = () => undefined;
const both =
  (...edits: Edit[]): Edit =>
  (machine) => {
    for (const edit of edits) edit(machine);
  };

const dataVolume =
  (namespace: string): Edit =>
  ({ spec }) => {
    const source = { blank: {} };
    spec.dataVolumeTemplates = [{ metadata: { name: 'd', namespace }, spec: { pvc: {}, source } }];
    spec.template.spec!.volumes!.push({ name: 'd', dataVolume: { name: 'd' } });
    spec.template.spec!.domain.devices.disks!.push({ name: 'd' });
  };
const snapshotting: Edit = (machine) => void (machine.status = { snapshotInProgress: 'snapshot' });
const restoring: Edit = (machine) => void (machine.status = { restoreInProgress: 'restore' });
const otherVolume: Edit = ({ spec }) => void (spec.template.spec!.volumes![0]!.containerDisk!.image = 'b:1');
const running: Edit = ({ spec }) => void (spec.runStrategy = 'Always');
const halted: Edit = ({ spec }) => {
  delete spec.runStrategy;
  spec.running = false;
};

const rows: readonly Sides<MachineChange>[] = [
  {
    id: 'DVN-1',
    refuses: { machine: dataVolume('other') },
    // What stands there already is let pass.
    accepts: { machine: dataVolume('other'), before: dataVolume('other') },
    reason: 'I',
    fields: ['spec.dataVolumeTemplates[0]'],
  },
  {
    id: 'SNAPST-1',
    refuses: { machine: both(snapshotting, otherVolume), before: none },
    accepts: { machine: otherVolume, before: none },
    reason: 'N',
    fields: ['spec'],
  },
  {
    id: 'SNAPST-2',
    // The same strategy in the other form counts as a change.
    refuses: { machine: both(snapshotting, halted), before: none },
    accepts: { machine: snapshotting, before: none },
    reason: 'N',
    fields: ['spec'],
  },
  {
    id: 'RESTST-1',
    refuses: { machine: both(restoring, running), before: none },
    // The same strategy in the other form does not.
    accepts: { machine: both(restoring, halted), before: none },
    reason: 'N',
    fields: ['spec'],
  },
];

testSides('storage of a machine', rows, judge);
