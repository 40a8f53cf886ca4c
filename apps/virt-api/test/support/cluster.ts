import { startControlPlane, type ControlPlane } from '@virtkit/apiserver';
import { crd, resources } from '@virtkit/core-types';
import { connect, isApiError, type Client } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { createVirtApi, type HandlerTls } from '../../src/index.ts';

/** A control plane with virt-api in it. */
export interface TestCluster extends AsyncDisposable {
  readonly plane: ControlPlane;
  /** The administrator: an ordinary user to admission. */
  readonly admin: Client;
  /** `system:serviceaccount:kubevirt:kubevirt-controller`. */
  readonly controller: Client;
}

const account = (name: string): string => `system:serviceaccount:kubevirt:${name}`;

/** The cluster's configuration, as `virtkit up` makes it. */
export const kubevirt = {
  apiVersion: 'kubevirt.io/v1',
  kind: 'KubeVirt',
  metadata: { name: 'kubevirt', namespace: 'kubevirt' },
  spec: { configuration: { network: { defaultNetworkInterface: 'masquerade' } } },
} as const;

/** Starts one in memory, on a free port. */
export async function startCluster(handlerTls?: HandlerTls): Promise<TestCluster> {
  const stack = new AsyncDisposableStack();
  const system = Promise.withResolvers<Client>();
  const virtApi = createVirtApi({
    client: () => system.promise,
    handlerTls: () => handlerTls ?? { ca: '', certificate: '', key: '' },
    hypervisors: ['kvm-qemu', 'mock'],
  });
  const plane = await startControlPlane({
    crds: [
      crd(resources.virtualMachines),
      crd(resources.virtualMachineInstances),
      crd(resources.kubeVirts),
      crd(resources.virtualMachineClones),
    ],
    admission: virtApi.admission,
    mounts: virtApi.mounts,
    durability: 'process-crash',
  });
  stack.use(plane);
  const as = async (name: string): Promise<Client> => {
    const token = plane.issueToken({ name: account(name), groups: ['system:masters'] });
    return stack.use(await connect({ server: plane.url, ca: plane.ca, token }));
  };
  system.resolve(await as('kubevirt-apiserver'));
  const controller = await as('kubevirt-controller');
  const admin = stack.use(await connect({ server: plane.url, ca: plane.ca, token: plane.token }));
  stack.use(virtApi);
  await configure(admin);
  return { plane, admin, controller, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** Admission follows the KubeVirt objects with a watch: once it has seen the first it refuses a second. */
async function configure(admin: Client): Promise<void> {
  await admin.namespaces.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kubevirt' } });
  await admin.kubeVirts.create(kubevirt);
  const another = { ...kubevirt, metadata: { name: 'another', namespace: 'kubevirt' } };
  await waitUntil('admission knows the KubeVirt object', async () => {
    try {
      await admin.kubeVirts.create(another, { dryRun: true });
      return false;
    } catch (reason) {
      if (isApiError(reason, 'bad-request')) return true;
      throw reason;
    }
  });
}
