import { clusterConfiguration } from '@virtkit/admission';
import { startControlPlane, type ControlPlane } from '@virtkit/apiserver';
import { resources, type PersistentVolumeClaim, type VirtualMachineInstance } from '@virtkit/core-types';
import { connect, type Client } from '@virtkit/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { observeInstance } from '../../src/index.ts';
import { projectInstance } from '../../src/virtual-machine-instance/project.ts';
import { byStateOf, StateClaims } from '../../src/virtual-machine-instance/state-claim.ts';
import { instanceOf, podOf, runningPod } from '../builders.ts';

const stack = new AsyncDisposableStack();
const { signal } = new AbortController();
const scope = { namespace: 'default' };
let plane: ControlPlane;
let client: Client;

beforeAll(async () => {
  plane = stack.use(await startControlPlane({ durability: 'process-crash' }));
  client = stack.use(await connect({ server: plane.url, ca: plane.ca, token: plane.token }));
});
afterAll(() => stack.disposeAsync());

function guest(name: string, persistent: boolean): VirtualMachineInstance {
  const instance = instanceOf({}, { name });
  const domain = { ...instance.spec.domain, firmware: { bootloader: { efi: { persistent } } } };
  return { ...instance, spec: { ...instance.spec, domain } };
}

const configuration = (vmStateStorageClass = '') => {
  const found = clusterConfiguration();
  return { ...found, values: { ...found.values, vmStateStorageClass } };
};
const claimNamed = (name: string | undefined) => client.persistentVolumeClaims.get(name ?? '', scope);
const ensure = (
  instance: VirtualMachineInstance,
  known: PersistentVolumeClaim[] = [],
  storageClass?: string,
) => new StateClaims(client).ensure(instance, known, configuration(storageClass), signal);

it('a machine with persistent variables gets one claim, of the class for machines before that of the cluster', async () => {
  await expect(ensure(guest('vm', true))).rejects.toMatchObject({ code: 'no-storage-class' });
  const storageClass = (name: string, annotation: string) =>
    client.storageClasses.create({
      metadata: { name, annotations: { [annotation]: 'true' } },
      provisioner: 'p',
    });
  await storageClass('usual', 'storageclass.kubernetes.io/is-default-class');
  const first = await ensure(guest('vm', true));
  expect(first).toMatch(/^persistent-state-for-vm-/);
  expect(await ensure(guest('vm', true))).toBe(first);
  const claim = await claimNamed(first);
  expect(claim).toMatchObject({
    metadata: {
      labels: { 'persistent-state-for': 'vm', 'cdi.kubevirt.io/applyStorageProfile': 'true' },
      ownerReferences: [{ kind: 'VirtualMachine' }],
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '10Mi' } },
      storageClassName: 'usual',
      volumeMode: 'Filesystem',
    },
  });
  expect(byStateOf(claim)).toEqual(['default/vm']);
  await storageClass('machines', 'storageclass.kubevirt.io/is-default-virt-class');
  expect((await claimNamed(await ensure(guest('other', true)))).spec?.storageClassName).toBe('machines');
  expect((await claimNamed(await ensure(guest('third', true), [], 'chosen'))).spec).toMatchObject({
    storageClassName: 'chosen',
    accessModes: ['ReadWriteMany'],
  });
});

it('it goes when it is not needed any more, and a lost one is told', async () => {
  const name = await ensure(guest('fickle', true));
  expect(await ensure(guest('fickle', false), [await claimNamed(name)])).toBeUndefined();
  await expect(claimNamed(name)).rejects.toMatchObject({ code: 'not-found' });
  const lost = await ensure(guest('unlucky', true));
  const claims = client.resource(resources.persistentVolumeClaims);
  await claims.patch(
    lost ?? '',
    { type: 'merge', body: { status: { phase: 'Lost' } } },
    { ...scope, subresource: 'status' },
  );
  await expect(ensure(guest('unlucky', true))).rejects.toMatchObject({ code: 'lost-claim' });
});

it('it is listed among the volumes', () => {
  const instance = { ...guest('vm', true), status: { phase: 'Scheduling' as const } };
  const stateClaim: PersistentVolumeClaim = {
    metadata: { name: 'persistent-state-for-vm-x' },
    spec: { accessModes: ['ReadWriteOnce'] },
  };
  const facts = { instance, ownerGone: false, launcherImage: 'l', now: 0, stateClaim };
  const observation = observeInstance({ ...facts, candidates: [podOf(runningPod, {}, 'node')] });
  expect(projectInstance(observation, undefined).status?.volumeStatus).toEqual([
    {
      name: 'persistent-state-for-this-vm',
      target: '',
      persistentVolumeClaimInfo: { claimName: 'persistent-state-for-vm-x', accessModes: ['ReadWriteOnce'] },
    },
  ]);
});
