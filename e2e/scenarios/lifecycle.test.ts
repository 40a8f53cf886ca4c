import { isDeleted, waitFor } from '@virtkit/sdk';
import { expect, it } from 'vitest';
import { createRunning, mockMachine, patience, runOf, runsAnew } from '../support/machines.ts';
import { needsPlatform } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';
import { interruptionScenarios } from './on-any-cluster/interruptions.ts';
import { lifecycleScenarios } from './on-any-cluster/lifecycle.ts';
import { obstacleScenarios } from './on-any-cluster/obstacles.ts';

const cluster = sharedPlatform(needsPlatform, { hypervisor: 'mock' });

lifecycleScenarios(cluster);
obstacleScenarios(cluster);
interruptionScenarios(cluster);

it('down shuts guests down and up brings the machines back', async () => {
  const platform = cluster();
  await createRunning(platform, mockMachine(platform, { name: 'comes-back' }));
  const before = await runOf(platform, 'comes-back');
  await platform.down();
  await platform.up();
  await runsAnew(platform, 'comes-back', before);
  expect(await runOf(platform, 'comes-back')).not.toBe(before);
  await platform.client.virtualMachines.delete('comes-back');
  await waitFor(platform.client.virtualMachines, 'comes-back', isDeleted, { timeoutSeconds: patience });
});
