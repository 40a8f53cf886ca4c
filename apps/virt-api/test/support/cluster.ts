import { startControlPlane, type ControlPlane } from '@virtkit/apiserver';
import { crd, resources } from '@virtkit/core-types';
import { connect, type Client } from '@virtkit/sdk';
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

/** Starts one in memory, on a free port. */
export async function startCluster(handlerTls?: HandlerTls): Promise<TestCluster> {
  const stack = new AsyncDisposableStack();
  const system = Promise.withResolvers<Client>();
  const virtApi = createVirtApi({
    client: () => system.promise,
    handlerTls: handlerTls ?? { ca: '', certificate: '', key: '' },
    hypervisors: ['kvm-qemu', 'mock'],
  });
  const plane = await startControlPlane({
    crds: [
      crd(resources.virtualMachines),
      crd(resources.virtualMachineInstances),
      crd(resources.kubeVirts),
      crd(resources.virtualMachineInstanceReplicaSets),
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
  return { plane, admin, controller, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
