import { startControlPlane } from '@virtkit/apiserver';
import { crd, resources } from '@virtkit/core-types';
import { connect, virtualMachine, type Client } from '@virtkit/sdk';
import { createVirtApi, type HandlerTls } from '@virtkit/virt-api';

/** Starts it, creates a machine and starts that. `handlerTls` is what the node agents know virt-api by. */
export async function createAndStart(handlerTls: HandlerTls): Promise<string | undefined> {
  const own = Promise.withResolvers<Client>();
  await using virtApi = createVirtApi({
    client: () => own.promise,
    handlerTls: () => handlerTls,
    hypervisors: ['kvm-qemu', 'mock'],
  });
  await using plane = await startControlPlane({
    crds: [crd(resources.virtualMachines), crd(resources.virtualMachineInstances), crd(resources.kubeVirts)],
    admission: virtApi.admission,
    mounts: virtApi.mounts,
  });
  const account = 'system:serviceaccount:kubevirt:kubevirt-apiserver';
  const token = plane.issueToken({ name: account, groups: ['system:masters'] });
  await using system = await connect({ server: plane.url, ca: plane.ca, token });
  own.resolve(system);

  await using admin = await connect({ server: plane.url, ca: plane.ca, token: plane.token });
  await admin.virtualMachines.create(virtualMachine({ name: 'web', memory: '512Mi', runStrategy: 'Halted' }));
  await admin.virtualMachines.start('web');
  const { spec } = await admin.virtualMachines.get('web');
  return spec.runStrategy;
}
