import type {
  AddVolumeOptions,
  VirtualMachineInstance,
  VirtualMachineVolumeRequest,
} from '@virtkit/core-types';
import { expect, test } from 'vitest';
import { volumeRequestFindings } from '../../../src/validation/index.ts';
import { testSides, type Sides } from '../../support/sides.ts';
import { configurationOf, sampleMachine } from './machines.ts';

interface Requests {
  readonly requests: readonly VirtualMachineVolumeRequest[];
  readonly instance?: VirtualMachineInstance;
  /** Names that the template has as volumes of the claim `data`. */
  readonly inTemplate?: string;
}

const claim = { persistentVolumeClaim: { claimName: 'data', hotpluggable: true } };
const options: AddVolumeOptions = {
  name: 'data',
  disk: { name: 'x', disk: { bus: 'scsi' } },
  volumeSource: claim,
};
const add: VirtualMachineVolumeRequest = { addVolumeOptions: options };
const otherAdd: VirtualMachineVolumeRequest = { addVolumeOptions: { ...options, name: 'more' } };
const remove: VirtualMachineVolumeRequest = { removeVolumeOptions: { name: 'data' } };
const otherSource = { persistentVolumeClaim: { claimName: 'other', hotpluggable: true } };

function instance(
  change: (instance: VirtualMachineInstance) => void = () => undefined,
): VirtualMachineInstance {
  const made: VirtualMachineInstance = {
    metadata: { name: 'vm' },
    spec: sampleMachine().spec.template.spec!,
  };
  change(made);
  return made;
}
const withVolume = (volume: typeof claim) =>
  instance(({ spec }) => {
    spec.volumes!.push({ name: 'data', ...volume });
    spec.domain.devices.disks!.push({ name: 'data', disk: { bus: 'scsi' } });
  });
const brokenInstance = instance(({ spec }) => void (spec.hostname = 'Not.A.Label'));
const migrating = (endTimestamp?: string) =>
  instance((made) => {
    const started = { startTimestamp: '2026-01-01T11:00:00Z' };
    made.status = { migrationState: endTimestamp === undefined ? started : { ...started, endTimestamp } };
  });

const field = 'Status.volumeRequests';
const rows: readonly Sides<Requests>[] = [
  {
    id: 'VR-01',
    refuses: { requests: [{ ...add, ...remove }] },
    accepts: { requests: [add, { removeVolumeOptions: { name: 'more' } }] },
    reason: 'I',
    fields: [field],
  },
  {
    id: 'VR-02',
    refuses: { requests: [add, add] },
    accepts: { requests: [add, otherAdd] },
    reason: 'I',
    fields: [field],
  },
  {
    id: 'VR-03',
    refuses: { requests: [{ addVolumeOptions: { ...options, disk: { name: 'x', disk: { bus: 'sata' } } } }] },
    accepts: { requests: [add] },
    reason: 'I',
    fields: [field],
  },
  {
    id: 'VR-04',
    refuses: {
      requests: [{ addVolumeOptions: { ...options, volumeSource: otherSource } }],
      inTemplate: 'data',
    },
    accepts: { requests: [add], inTemplate: 'data' },
    reason: 'I',
    fields: [field],
  },
  {
    id: 'VR-05',
    refuses: { requests: [add], instance: withVolume(otherSource) },
    accepts: { requests: [add], instance: withVolume(claim) },
    reason: 'I',
    fields: [field],
  },
  {
    id: 'VR-06',
    refuses: { requests: [remove, remove] },
    accepts: { requests: [remove, { removeVolumeOptions: { name: 'more' } }] },
    reason: 'I',
    fields: [field],
  },
  { id: 'VR-07', refuses: { requests: [{}] }, accepts: { requests: [remove] }, reason: 'I', fields: [field] },
  {
    id: 'VR-08',
    // A volume without a source cannot be judged by the rules for requests, but by those for volumes.
    refuses: { requests: [{ addVolumeOptions: { ...options, volumeSource: {} } }] },
    accepts: { requests: [add] },
    reason: 'I',
    fields: ['spec.template.spec.volumes[1]'],
  },
  {
    id: 'VR-09',
    refuses: { requests: [add], instance: brokenInstance },
    accepts: { requests: [add], instance: instance() },
    reason: 'I',
    fields: ['spec.template.spec.hostname'],
  },
  {
    id: 'VR-10',
    refuses: { requests: [add], instance: migrating() },
    accepts: { requests: [add], instance: migrating('2026-01-01T11:30:00Z') },
    reason: 'N',
    fields: ['spec'],
  },
];

function judge({ requests, instance: running, inTemplate }: Requests) {
  const machine = sampleMachine();
  if (inTemplate !== undefined) {
    machine.spec.template.spec!.volumes!.push({ name: inTemplate, ...claim });
    machine.spec.template.spec!.domain.devices.disks!.push({ name: inTemplate });
  }
  machine.status = { ready: true, volumeRequests: [...requests] };
  return volumeRequestFindings({
    machine,
    instance: running,
    configuration: configurationOf({}),
    now: '2026-01-01T12:00:00Z',
  });
}

testSides(
  'requests to plug volumes',
  rows.map((row) => ({ ...row, alone: true })),
  judge,
);

test('an instance that is being deleted is not judged', () => {
  const leaving = { ...brokenInstance, metadata: { deletionTimestamp: '2026-01-01T11:59:00Z' } };
  expect(judge({ requests: [add], instance: leaving })).toEqual([]);
});
