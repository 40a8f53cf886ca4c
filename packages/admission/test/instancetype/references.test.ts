import type { InstancetypeStatusRef, VirtualMachine } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import {
  buildReferenceRevision,
  clusterConfiguration,
  expandMachine,
  findReferences,
  planReferences,
  readReferenceRevision,
  referencedKind,
  type ReferencedObject,
  type ReferenceLookup,
  type ReferencePlan,
  type ReferenceRevision,
} from '../../src/index.ts';
import { configuration } from '../support/configuration.ts';
import { bareSpec, machineOf, sizeOf } from './subjects.ts';

const small: ReferencedObject = {
  metadata: {
    name: 'small',
    uid: 'small-uid',
    generation: 2,
    labels: { a: 'b' },
    annotations: { c: 'd' },
    finalizers: ['e'],
    managedFields: [],
  },
  spec: sizeOf(),
};
const linux: ReferencedObject = {
  metadata: { name: 'linux', uid: 'linux-uid', generation: 1 },
  spec: { preferredSubdomain: 'sub' },
};
const owner = {
  apiVersion: 'kubevirt.io/v1',
  kind: 'VirtualMachine',
  name: 'vm',
  uid: 'vm-uid',
  controller: true,
};
const revisionOf = (object: ReferencedObject = small) =>
  buildReferenceRevision(machineOf(), 'VirtualMachineClusterInstancetype', object, owner);
const kept = 'vm-small-v1beta1-small-uid-2';

interface Cluster {
  readonly objects?: Readonly<Record<string, ReferencedObject>>;
  readonly revisions?: readonly ReferenceRevision[];
}

function lookupIn({ objects = {}, revisions = [] }: Cluster): ReferenceLookup {
  return {
    revision: async (_namespace, name) => revisions.find(({ metadata }) => metadata.name === name),
    object: async (kind, namespace, name) => objects[[kind, namespace ?? '', name].join(' ').trim()],
  };
}

const live: Cluster = {
  objects: {
    'VirtualMachineClusterInstancetype  small': small,
    'VirtualMachineInstancetype default small': { ...small, spec: sizeOf({ cpu: { guest: 2 } }) },
    'VirtualMachineClusterPreference  linux': linux,
  },
};

const find = (machine: VirtualMachine, cluster: Cluster) => findReferences(machine, lookupIn(cluster));
const remembered = (
  ref: InstancetypeStatusRef = { name: 'small', controllerRevisionRef: { name: kept } },
) => ({
  instancetypeRef: ref,
});

describe('the kind that a matcher means', () => {
  it.each([
    [undefined, 'VirtualMachineClusterInstancetype'],
    ['', 'VirtualMachineClusterInstancetype'],
    ['virtualmachineclusterinstancetypes', 'VirtualMachineClusterInstancetype'],
    ['VirtualMachineInstancetype', 'VirtualMachineInstancetype'],
    ['VIRTUALMACHINEINSTANCETYPES', 'VirtualMachineInstancetype'],
    ['VirtualMachinePreference', undefined],
    ['instancetype', undefined],
  ])('%s is %s', (word, kind) => {
    expect(referencedKind('instancetype', word)).toBe(kind);
  });
});

describe('look-up', () => {
  it('takes the revision that the matcher names first', async () => {
    const machine = machineOf({ instancetype: { name: 'other', revisionName: kept } }, remembered());
    const found = await find(machine, { ...live, revisions: [revisionOf()] });
    expect(found.instancetype).toMatchObject({
      state: 'found',
      spec: small.spec,
      revision: { metadata: { name: kept } },
    });
  });

  it('takes the revision that the status remembers, as long as the name is the same', async () => {
    const cluster = {
      objects: live.objects,
      revisions: [revisionOf({ ...small, spec: sizeOf({ cpu: { guest: 7 } }) })],
    };
    const guestOf = async (machine: VirtualMachine) => {
      const { instancetype } = await find(machine, cluster);
      return instancetype.state === 'found' ? instancetype.spec.cpu.guest : undefined;
    };
    expect(await guestOf(machineOf({ instancetype: { name: 'small' } }, remembered()))).toBe(7);
    // Neither of another kind ...
    const namespaced = { name: 'small', kind: 'VirtualMachineInstancetype' };
    expect(await guestOf(machineOf({ instancetype: namespaced }, remembered()))).toBe(2);
    // ... nor one that is gone ...
    const gone = { name: 'small', controllerRevisionRef: { name: 'gone' } };
    expect(await guestOf(machineOf({ instancetype: { name: 'small' } }, remembered(gone)))).toBe(1);
    // ... nor one of another name.
    expect(await guestOf(machineOf({ instancetype: { name: 'large' } }, remembered()))).toBeUndefined();
  });

  it.each<[string, VirtualMachine['spec']['instancetype'], string]>([
    ['an object that does not exist', { name: 'absent' }, 'absent'],
    ['a kind that there is not', { name: 'small', kind: 'Deployment' }, 'Deployment'],
    ['a revision that does not exist', { revisionName: 'gone' }, 'gone'],
    ['nothing yet', { inferFromVolume: 'disk' }, 'names nothing'],
  ])('misses %s', async (_name, instancetype, words) => {
    const { instancetype: found } = await find(machineOf({ instancetype }), live);
    expect(found).toMatchObject({ state: 'missing', message: expect.stringContaining(words) as string });
  });

  it('finds nothing where there is no matcher', async () => {
    expect(await find(machineOf(), live)).toEqual({
      instancetype: { state: 'none' },
      preference: { state: 'none' },
    });
  });
});

describe('a revision', () => {
  it('has a name, labels and data that follow from machine and object', () => {
    expect(revisionOf()).toEqual({
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: kept,
        namespace: 'default',
        ownerReferences: [owner],
        labels: {
          'instancetype.kubevirt.io/object-generation': '2',
          'instancetype.kubevirt.io/object-kind': 'VirtualMachineClusterInstancetype',
          'instancetype.kubevirt.io/object-name': 'small',
          'instancetype.kubevirt.io/object-uid': 'small-uid',
          'instancetype.kubevirt.io/object-version': 'v1beta1',
        },
      },
      data: {
        apiVersion: 'instancetype.kubevirt.io/v1beta1',
        kind: 'VirtualMachineClusterInstancetype',
        metadata: { name: 'small', uid: 'small-uid', generation: 2 },
        spec: small.spec,
      },
      revision: 0,
    });
  });

  it('is read back, also when an older version of the API wrote it', () => {
    expect(readReferenceRevision('instancetype', revisionOf())).toMatchObject({ ok: true, spec: small.spec });
    const old = {
      ...revisionOf(),
      data: { ...(revisionOf().data as object), apiVersion: 'instancetype.kubevirt.io/v1alpha2' },
    };
    expect(readReferenceRevision('instancetype', old)).toMatchObject({ ok: true, spec: small.spec });
  });

  it.each([
    ['another role', revisionOf().data, 'preference' as const],
    ['another kind', { kind: 'VirtualMachine', metadata: {}, spec: small.spec }, 'instancetype' as const],
    [
      'a spec without memory',
      { kind: 'VirtualMachineInstancetype', metadata: {}, spec: { cpu: { guest: 1 } } },
      'instancetype' as const,
    ],
    ['nothing', undefined, 'instancetype' as const],
  ])('of %s is of no use', (_name, data, role) => {
    expect(readReferenceRevision(role, { ...revisionOf(), data })).toMatchObject({ ok: false });
  });
});

async function plan(machine: VirtualMachine, cluster: Cluster, policy?: string): Promise<ReferencePlan> {
  const found = await find(machine, cluster);
  const referencePolicy = policy as 'expand';
  const spec = policy === undefined ? {} : { configuration: { instancetype: { referencePolicy } } };
  const kubevirt = { apiVersion: 'kubevirt.io/v1', kind: 'KubeVirt', metadata: { name: 'kubevirt' }, spec };
  return planReferences({ machine, found, configuration: clusterConfiguration(kubevirt), owner });
}

describe('settling references', () => {
  const both = { instancetype: { name: 'small' }, preference: { name: 'linux' } };

  it('keeps both in revisions that the status names', async () => {
    expect(await plan(machineOf(both), live)).toEqual({
      kind: 'store',
      create: [
        revisionOf(),
        buildReferenceRevision(machineOf(), 'VirtualMachineClusterPreference', linux, owner),
      ],
      refs: {
        instancetypeRef: { name: 'small', controllerRevisionRef: { name: kept } },
        preferenceRef: { name: 'linux', controllerRevisionRef: { name: 'vm-linux-v1beta1-linux-uid-1' } },
      },
      obsolete: [],
    });
  });

  it('is settled then, and for machines that refer to nothing', async () => {
    const machine = machineOf({ instancetype: { name: 'small' } }, remembered());
    expect(await plan(machine, { revisions: [revisionOf()] })).toEqual({ kind: 'settled' });
    expect(await plan(machineOf(), {})).toEqual({ kind: 'settled' });
  });

  it('names the revision that the matcher names', async () => {
    const machine = machineOf({ instancetype: { name: 'small', revisionName: kept } });
    expect(await plan(machine, { revisions: [revisionOf()] })).toMatchObject({
      kind: 'store',
      create: [],
      refs: { instancetypeRef: { name: 'small', controllerRevisionRef: { name: kept } } },
    });
  });

  it('stores anew when the matcher changes, and forgets when it goes', async () => {
    const large = { ...small, metadata: { ...small.metadata, name: 'large', uid: 'large-uid' } };
    const cluster = {
      objects: { 'VirtualMachineClusterInstancetype  large': large },
      revisions: [revisionOf()],
    };
    expect(await plan(machineOf({ instancetype: { name: 'large' } }, remembered()), cluster)).toMatchObject({
      kind: 'store',
      create: [{ metadata: { name: 'vm-large-v1beta1-large-uid-2' } }],
      refs: { instancetypeRef: { name: 'large' } },
      // The instance that runs may have been started from the old one.
      obsolete: [],
    });
    expect(await plan(machineOf({}, remembered()), cluster)).toEqual({
      kind: 'store',
      create: [],
      refs: { instancetypeRef: undefined, preferenceRef: undefined },
      obsolete: [],
    });
  });

  it('writes a revision of an older version of the API anew', async () => {
    const old = revisionOf();
    const outdated = {
      ...old,
      metadata: {
        ...old.metadata,
        name: 'vm-small-v1alpha2',
        labels: { 'instancetype.kubevirt.io/object-name': 'small' },
      },
    };
    const ref = { name: 'small', controllerRevisionRef: { name: 'vm-small-v1alpha2' } };
    const machine = machineOf({ instancetype: { name: 'small' } }, remembered(ref));
    expect(await plan(machine, { revisions: [outdated] })).toMatchObject({
      kind: 'store',
      create: [{ metadata: { name: kept } }],
      refs: { instancetypeRef: { controllerRevisionRef: { name: kept } } },
      obsolete: ['vm-small-v1alpha2'],
    });
  });

  it.each<[string, Partial<VirtualMachine['spec']>, string]>([
    ['an instance type is missing', { instancetype: { name: 'absent' } }, 'FailedFindInstancetype'],
    ['a preference is missing', { preference: { name: 'absent' } }, 'FailedFindPreference'],
    [
      'they conflict',
      { ...both, template: { spec: bareSpec({ domain: { devices: {}, memory: { guest: '1Gi' } } }) } },
      'FailedCreate',
    ],
  ])('fails when %s', async (_name, spec, reason) => {
    expect(await plan(machineOf(spec), live)).toMatchObject({ kind: 'fail', reason });
    expect(await plan(machineOf(spec), live, 'expandAll')).toMatchObject({ kind: 'fail', reason });
  });

  it('expands machines that have no revision yet with the policy expand, all with expandAll', async () => {
    const cluster = { ...live, revisions: [revisionOf()] };
    const fresh = machineOf({ instancetype: { name: 'small' } });
    const stored = machineOf({ instancetype: { name: 'small' } }, remembered());
    expect(await plan(fresh, cluster, 'expand')).toMatchObject({ kind: 'expand', obsolete: [] });
    expect(await plan(stored, cluster, 'expand')).toEqual({ kind: 'settled' });
    expect(await plan(stored, cluster, 'expandAll')).toMatchObject({ kind: 'expand', obsolete: [kept] });
    expect(await plan(machineOf({}, {}), cluster, 'expandAll')).toEqual({ kind: 'settled' });
  });
});

describe('expanding', () => {
  it('writes disks, network, instance type, preference and defaults into the machine and forgets the references', () => {
    const spec = bareSpec({ volumes: [{ name: 'root', containerDisk: { image: 'image:1' } }] });
    const machine = machineOf(
      { instancetype: { name: 'small' }, preference: { name: 'l' }, template: { spec } },
      remembered(),
    );
    const expanded = expandMachine(
      machine,
      {
        instancetype: sizeOf({ cpu: { guest: 4 }, annotations: { size: 'small' } }),
        preference: {
          cpu: { preferredCPUTopology: 'cores' },
          devices: { preferredDiskBus: 'virtio', preferredInterfaceModel: 'virtio' },
        },
      },
      configuration,
    );
    expect(expanded).toMatchObject({
      ok: true,
      machine: {
        spec: {
          template: {
            metadata: { annotations: { size: 'small' } },
            spec: {
              architecture: 'amd64',
              domain: {
                cpu: { sockets: 1, cores: 4, threads: 1 },
                memory: { guest: '1Gi' },
                machine: { type: 'q35' },
                devices: {
                  disks: [{ name: 'root', disk: { bus: 'virtio' } }],
                  interfaces: [{ name: 'default', masquerade: {}, model: 'virtio' }],
                },
              },
              networks: [{ name: 'default', pod: {} }],
            },
          },
        },
      },
    });
    if (!expanded.ok) return;
    expect(Object.keys(expanded.machine.spec)).toEqual(['template']);
    expect(expanded.machine.status).toEqual({});
  });

  it('leaves machines without references alone', () => {
    const machine = machineOf();
    expect(expandMachine(machine, {}, configuration)).toEqual({ ok: true, machine });
  });

  it('is refused where the cluster can give no network', () => {
    const network = { defaultNetworkInterface: 'slirp' };
    const kubevirt = { metadata: { name: 'kubevirt' }, spec: { configuration: { network } } };
    const machine = machineOf({ instancetype: { name: 'small' } });
    expect(expandMachine(machine, { instancetype: sizeOf() }, clusterConfiguration(kubevirt))).toMatchObject({
      ok: false,
      findings: [{ rule: 'D1-8', code: 400 }],
    });
  });

  it('tells of conflicts at the template', () => {
    const machine = machineOf({
      instancetype: { name: 'small' },
      template: { spec: bareSpec({ domain: { devices: {}, cpu: { cores: 2 } } }) },
    });
    expect(expandMachine(machine, { instancetype: sizeOf() }, configuration)).toMatchObject({
      ok: false,
      findings: [{ rule: 'ITC-05', field: 'spec.template.spec.domain.cpu.cores' }],
    });
  });
});
