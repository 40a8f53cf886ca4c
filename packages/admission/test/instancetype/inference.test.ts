import type { VirtualMachine } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { inferReferences, type InferenceLookup } from '../../src/index.ts';
import { bareSpec, machineOf } from './subjects.ts';

type Labels = Record<string, string>;
const label = 'instancetype.kubevirt.io/default-instancetype';
const small: Labels = { [label]: 'small', [`${label}-kind`]: 'VirtualMachineInstancetype' };

/** What there is, by `Kind namespace/name`. */
type Cluster = Readonly<Record<string, { labels?: Labels; spec?: object }>>;

function lookupIn(cluster: Cluster): InferenceLookup {
  const get = (kind: string) => async (namespace: string, name: string) => {
    const found = cluster[`${kind} ${namespace}/${name}`];
    return found === undefined ? undefined : { metadata: { labels: found.labels }, spec: found.spec };
  };
  return {
    persistentVolumeClaim: get('PVC'),
    dataVolume: get('DV'),
    dataSource: get('DS'),
    volumeSnapshot: get('VS'),
  };
}

const claim = { name: 'disk', persistentVolumeClaim: { claimName: 'claim' } };
const dataVolume = { name: 'disk', dataVolume: { name: 'dv' } };

function machineWith(
  volume: object,
  options: {
    policy?: string;
    templates?: VirtualMachine['spec']['dataVolumeTemplates'];
    preference?: boolean;
  } = {},
): VirtualMachine {
  const matcher = {
    inferFromVolume: 'disk',
    ...(options.policy === undefined ? {} : { inferFromVolumeFailurePolicy: options.policy }),
  };
  const spec = bareSpec({
    domain: { devices: {}, memory: { guest: '1Gi' } },
    volumes: [{ name: 'disk', ...volume }],
  });
  return machineOf({
    ...(options.preference === true ? { preference: matcher } : { instancetype: matcher }),
    ...(options.templates === undefined ? {} : { dataVolumeTemplates: options.templates }),
    template: { spec },
  });
}

const infer = (machine: VirtualMachine, cluster: Cluster) => inferReferences(machine, lookupIn(cluster));
const templateOf = (spec: object) => [{ metadata: { name: 'dv' }, spec }];
const named = { name: 'small', kind: 'VirtualMachineInstancetype' };

describe('inference', () => {
  it.each<[string, VirtualMachine, Cluster]>([
    ['a claim', machineWith(claim), { 'PVC default/claim': { labels: small } }],
    ['a DataVolume', machineWith(dataVolume), { 'DV default/dv': { labels: small } }],
    [
      'the claim of a DataVolume that is gone',
      machineWith(dataVolume),
      { 'PVC default/dv': { labels: small } },
    ],
    [
      'the claim that a DataVolume clones',
      machineWith(dataVolume),
      {
        'DV default/dv': { spec: { source: { pvc: { namespace: 'images', name: 'golden' } } } },
        'PVC images/golden': { labels: small },
      },
    ],
    [
      'the snapshot that a DataVolume template clones, whose own labels do not count',
      machineWith(dataVolume, {
        templates: [
          {
            metadata: { name: 'dv', labels: { [label]: 'wrong' } },
            spec: { source: { snapshot: { namespace: 'images', name: 'golden' } } },
          },
        ],
      }),
      { 'VS images/golden': { labels: small } },
    ],
    [
      'a DataSource',
      machineWith(dataVolume, { templates: templateOf({ sourceRef: { kind: 'DataSource', name: 'ds' } }) }),
      { 'DS default/ds': { labels: small } },
    ],
    [
      'the claim of a DataSource',
      machineWith(dataVolume, {
        templates: templateOf({ sourceRef: { kind: 'DataSource', name: 'ds', namespace: 'images' } }),
      }),
      {
        'DS images/ds': { spec: { source: { pvc: { namespace: 'images', name: 'golden' } } } },
        'PVC images/golden': { labels: small },
      },
    ],
    [
      'the snapshot of a DataSource',
      machineWith(dataVolume, { templates: templateOf({ sourceRef: { kind: 'DataSource', name: 'ds' } }) }),
      {
        'DS default/ds': { spec: { source: { snapshot: { namespace: 'images', name: 'golden' } } } },
        'VS images/golden': { labels: small },
      },
    ],
  ])('follows %s', async (_name, machine, cluster) => {
    const inferred = await infer(machine, cluster);
    expect(inferred.ok && inferred.machine.spec.instancetype).toEqual(named);
    // Rejecting machines keep what they say of memory: a conflict is theirs to solve.
    expect(inferred.ok && inferred.machine.spec.template.spec?.domain.memory).toEqual({ guest: '1Gi' });
  });

  const silent: [string, VirtualMachine, Cluster][] = [
    ['volumes of other kinds', machineWith({ containerDisk: { image: 'i' } }), {}],
    [
      'a claim without the label',
      machineWith(claim),
      { 'PVC default/claim': { labels: { [`${label}-kind`]: 'x' } } },
    ],
    [
      'a DataVolume with another source',
      machineWith(dataVolume),
      { 'DV default/dv': { spec: { source: { blank: {} } } } },
    ],
    [
      'another kind of source reference',
      machineWith(dataVolume, { templates: templateOf({ sourceRef: { kind: 'datasource', name: 'ds' } }) }),
      {},
    ],
    [
      'a DataSource without claim and snapshot',
      machineWith(dataVolume, { templates: templateOf({ sourceRef: { kind: 'DataSource', name: 'ds' } }) }),
      { 'DS default/ds': { spec: { source: {} } } },
    ],
  ];

  it.each(silent)('learns nothing from %s, which may be ignored', async (_name, machine, cluster) => {
    expect((await infer(machine, cluster)).ok).toBe(false);
    const forgiving = { ...machine.spec.instancetype, inferFromVolumeFailurePolicy: 'Ignore' };
    const inferred = await infer({ ...machine, spec: { ...machine.spec, instancetype: forgiving } }, cluster);
    expect(inferred.ok && inferred.machine.spec).toMatchObject({
      template: { spec: { domain: { memory: { guest: '1Gi' } } } },
    });
    expect(inferred.ok && 'instancetype' in inferred.machine.spec).toBe(false);
  });

  it.each<[string, VirtualMachine, Cluster]>([
    [
      'the template has no such volume',
      machineWith(
        { name: 'other', ...{ persistentVolumeClaim: { claimName: 'claim' } } },
        { policy: 'Ignore' },
      ),
      {},
    ],
    ['the claim is missing', machineWith(claim, { policy: 'Ignore' }), {}],
    [
      'the DataSource is missing',
      machineWith(dataVolume, {
        policy: 'Ignore',
        templates: templateOf({ sourceRef: { kind: 'DataSource', name: 'ds' } }),
      }),
      {},
    ],
  ])('fails whatever the policy when %s', async (_name, machine, cluster) => {
    expect(await infer(machine, cluster)).toMatchObject({ ok: false });
  });

  it('fails when it cannot look', async () => {
    const lookup = { ...lookupIn({}), persistentVolumeClaim: () => Promise.reject(new Error('forbidden')) };
    const inferred = await inferReferences(machineWith(claim, { policy: 'Ignore' }), lookup);
    expect(inferred).toMatchObject({ ok: false, message: expect.stringContaining('forbidden') as string });
  });

  it('leaves memory to the instance type when failures are ignored, and to the template for a preference', async () => {
    const cluster = {
      'PVC default/claim': { labels: { ...small, 'instancetype.kubevirt.io/default-preference': 'linux' } },
    };
    const sized = await infer(machineWith(claim, { policy: 'Ignore' }), cluster);
    expect(sized.ok && sized.machine.spec.template.spec?.domain).toEqual({ devices: {} });
    const preferred = await infer(machineWith(claim, { policy: 'Ignore', preference: true }), cluster);
    expect(preferred.ok && preferred.machine.spec).toMatchObject({
      preference: { name: 'linux' },
      template: { spec: { domain: { memory: { guest: '1Gi' } } } },
    });
  });

  it('does nothing for a matcher with a name', async () => {
    const machine = machineOf({ instancetype: { name: 'small' } });
    expect(await infer(machine, {})).toEqual({ ok: true, machine });
  });
});
