// The example of the project's README; type-checked with everything else.
import { connect, isRunning, virtualMachine, waitFor } from '@virtkit/sdk';

await using client = await connect({ kubeconfig: '/var/lib/virtkit/kubeconfig' });
await client.virtualMachines.create(
  virtualMachine({ name: 'web', memory: '256Mi', containerDisk: 'virtkit.dev/tiny-guest:1' }),
);
await waitFor(client.virtualMachineInstances, 'web', isRunning, { timeoutSeconds: 120 });
