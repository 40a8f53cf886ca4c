import { describe, expect, it } from 'vitest';
import { buildMember, updateMember } from '../../src/virtual-machine-pool/member.ts';
import { projectStatus } from '../../src/virtual-machine-pool/project.ts';
import { memberOf, observe, poolOf, templateOf } from './pools.ts';

const volumes = [
  { name: 'a', dataVolume: { name: 'disk' } },
  { name: 'b', dataVolume: { name: 'foreign' } },
  { name: 'c', configMap: { name: 'settings' } },
  { name: 'd', secret: { secretName: 'keys' } },
  { name: 'e', cloudInitNoCloud: { secretRef: { name: 'seed' }, networkDataSecretRef: { name: 'net' } } },
  { name: 'f', cloudInitConfigDrive: { userData: 'x' } },
];
const virtualMachineTemplate = {
  metadata: { labels: { app: 'db' }, annotations: { note: 'yes' } },
  spec: {
    runStrategy: 'Always',
    dataVolumeTemplates: [{ metadata: { name: 'disk' }, spec: {} }],
    template: { metadata: { labels: { tier: 'x' } }, spec: { domain: { devices: {} }, volumes } },
  },
};

describe('a machine of a pool', () => {
  it('is the template under a number, which its DataVolumes get too', () => {
    const machine = buildMember(poolOf({ virtualMachineTemplate }), 3, 'db-1');
    const revision = { 'kubevirt.io/vm-pool-revision-name': 'db-1' };
    expect(machine).toEqual({
      apiVersion: 'kubevirt.io/v1',
      kind: 'VirtualMachine',
      metadata: {
        name: 'db-3',
        namespace: 'default',
        labels: { app: 'db', ...revision },
        annotations: { note: 'yes' },
        finalizers: ['pool.kubevirt.io/finalizer'],
        ownerReferences: [
          {
            apiVersion: 'pool.kubevirt.io/v1beta1',
            kind: 'VirtualMachinePool',
            name: 'db',
            uid: 'pool-uid',
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: {
        runStrategy: 'Always',
        dataVolumeTemplates: [{ metadata: { name: 'disk-3' }, spec: {} }],
        template: {
          metadata: { labels: { tier: 'x', ...revision } },
          spec: {
            domain: { devices: {} },
            volumes: [{ name: 'a', dataVolume: { name: 'disk-3' } }, ...volumes.slice(1)],
          },
        },
      },
    });
  });

  it('has ConfigMaps and Secrets of its own where the pool says so', () => {
    const volumesWith = (nameGeneration: object) =>
      buildMember(poolOf({ virtualMachineTemplate, nameGeneration }), 0, 'db-1').spec.template.spec?.volumes;
    expect(volumesWith({ appendIndexToConfigMapRefs: true })).toMatchObject([
      {},
      { dataVolume: { name: 'foreign' } },
      { configMap: { name: 'settings-0' } },
      { secret: { secretName: 'keys' } },
      { cloudInitNoCloud: { secretRef: { name: 'seed' } } },
      {},
    ]);
    expect(volumesWith({ appendIndexToSecretRefs: true })).toMatchObject([
      {},
      {},
      { configMap: { name: 'settings' } },
      { secret: { secretName: 'keys-0' } },
      { cloudInitNoCloud: { secretRef: { name: 'seed-0' }, networkDataSecretRef: { name: 'net-0' } } },
      { cloudInitConfigDrive: { userData: 'x' } },
    ]);
  });

  it('keeps who it is when it is updated', () => {
    const { machine } = memberOf(poolOf(), 1);
    const identified = {
      ...machine,
      metadata: {
        ...machine.metadata,
        annotations: { old: 'yes', 'kubevirt.io/latest-observed-api-version': 'v1' },
        labels: { ...machine.metadata.labels, old: 'yes' },
      },
      spec: {
        ...machine.spec,
        template: { spec: { domain: { devices: {}, firmware: { uuid: 'u', serial: 's' } } } },
      },
    };
    const updated = updateMember(poolOf({ virtualMachineTemplate: templateOf('two') }), identified, 'db-2');
    expect(updated.metadata).toMatchObject({ name: 'db-1', uid: 'uid-1' });
    expect(updated.metadata.labels).toEqual({ app: 'db', 'kubevirt.io/vm-pool-revision-name': 'db-2' });
    expect(updated.metadata.annotations).toEqual({ 'kubevirt.io/latest-observed-api-version': 'v1' });
    expect(updated.spec.template.spec).toEqual({
      hostname: 'two',
      domain: { devices: {}, firmware: { uuid: 'u', serial: 's' } },
    });
  });
});

describe('status of a pool', () => {
  it('counts machines and those that are ready, and tells what failed and whether it is paused', () => {
    const pool = poolOf({ paused: true });
    const members = [
      memberOf(pool, 0),
      memberOf(pool, 1, { ready: false }),
      memberOf(pool, 2, { deleting: true }),
    ];
    const failure = { reason: 'FailedScaleOut' as const, message: 'quota' };
    expect(projectStatus(observe({ pool, members }), { failure })).toMatchObject({
      replicas: 3,
      readyReplicas: 2,
      labelSelector: 'app=db',
      conditions: [
        { type: 'ReplicaFailure', status: 'True', ...failure },
        { type: 'ReplicaPaused', status: 'True', reason: 'SuccessfulPaused' },
      ],
    });
    const status = projectStatus(observe({ pool, members }), { failure });
    expect(projectStatus(observe({ pool: { ...poolOf(), status } }), {}).conditions).toBeUndefined();
  });
});
