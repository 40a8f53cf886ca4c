import { agentConnected, connect, machineService, virtualMachine, waitFor } from '@virtkit/sdk';

await using client = await connect({ kubeconfig: 'default' });

const machine = virtualMachine({
  name: 'web',
  memory: '512Mi',
  cpu: 2,
  containerDisk: 'quay.io/containerdisks/debian:12',
  cloudInit: { userData: { packages: ['nginx'], ssh_authorized_keys: ['ssh-ed25519 AAAA...'] } },
});
await client.virtualMachines.createOrPatch(machine);
await client.services.createOrPatch(machineService({ machine: 'web', ports: [80] }));

const ready = await waitFor(client.virtualMachines, 'web', agentConnected, { timeoutSeconds: 300 });
console.log(ready.status?.printableStatus, await client.virtualMachines.guestOsInfo('web'));

const serial = await client.virtualMachines.console('web');
serial.pipe(process.stdout);
process.stdin.pipe(serial);
