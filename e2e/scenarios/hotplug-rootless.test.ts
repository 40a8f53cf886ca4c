import { chmod } from 'node:fs/promises';
import { waitFor } from '@virtkit/sdk';
import { expect, it } from 'vitest';
import { createDisk, onClaim } from '../support/claim-pods.ts';
import { createRunning, mockMachine, patience } from '../support/machines.ts';
import { needsPlatform } from '../support/needs.ts';
import { makeFolder, startTestPlatform } from '../support/platform.ts';

it('without root, volumes are plugged and memory is dumped all the same', async (context) => {
  needsPlatform(context);
  const folder = await makeFolder();
  await chmod(folder, 0o777);
  await using platform = await startTestPlatform({
    folder,
    hypervisor: 'mock',
    within: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
  });
  const { virtualMachines, virtualMachineInstances } = platform.client;
  const name = 'rootless';
  await createDisk(platform, 'data');
  // The test made its guest image as root, so that this platform cannot read it.
  const planned = mockMachine(platform, { name });
  const { spec } = planned.spec.template;
  Object.assign(spec!, { volumes: [] });
  Object.assign(spec!.domain.devices, { disks: [] });
  await createRunning(platform, planned);
  const volume = async (phase: string | undefined): Promise<void> => {
    await waitFor(
      virtualMachineInstances,
      name,
      (one) => one?.status?.volumeStatus?.find((entry) => entry.name === 'data')?.phase === phase,
      { timeoutSeconds: patience },
    );
  };
  await platform.virtctl(['addvolume', name, '--volume-name', 'data']);
  await volume('Ready');
  await platform.virtctl(['removevolume', name, '--volume-name', 'data']);
  await volume(undefined);
  await platform.virtctl(['memory-dump', 'get', name, '--claim-name', 'memory', '--create-claim']);
  const machine = await waitFor(
    virtualMachines,
    name,
    (one) => one?.status?.memoryDumpRequest?.phase === 'Completed',
    { timeoutSeconds: patience },
  );
  expect(await onClaim(platform, 'memory', 'ls /claim')).toBe(
    `${machine?.status?.memoryDumpRequest?.fileName}\n`,
  );
}, 240_000);
