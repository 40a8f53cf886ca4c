import { afterAll, beforeAll, expect, it } from 'vitest';
import { crd, resources, type LogVerbosity } from '@virtkit/core-types';
import { hasCondition, waitFor } from '@virtkit/sdk';
import { startCluster, type Cluster } from './support/cluster.ts';
import { runInProcess } from './support/in-process.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
  const definition = crd(resources.kubeVirts);
  await cluster.client.customResourceDefinitions.create(definition);
  await waitFor(
    cluster.client.customResourceDefinitions,
    definition.metadata.name ?? '',
    hasCondition('Established'),
    { timeoutSeconds: 10 },
  );
});
afterAll(() => cluster[Symbol.asyncDispose]());

const call = (...args: string[]) =>
  runInProcess(['adm', 'log-verbosity', ...args], { kubeconfig: cluster.kubeconfig });
const levels = async (): Promise<LogVerbosity | undefined> => {
  const { spec } = await cluster.client.kubeVirts.get('kubevirt');
  return spec?.configuration?.developerConfiguration?.logVerbosity;
};

it('shows, sets and forgets the levels of components', async () => {
  expect((await call('--all')).stderr).toMatch(/^0 KubeVirt resources were found/);
  await cluster.client.kubeVirts.create({ metadata: { name: 'kubevirt' }, spec: {} });
  expect((await call('--all')).stdout).toBe(
    'virt-api=2\nvirt-controller=2\nvirt-handler=2\nvirt-launcher=2\nvirt-operator=2\n',
  );
  expect(await call('--virt-handler=5', '--virt-api=3')).toMatchObject({
    code: 0,
    stdout: 'successfully set/reset the log verbosity\n',
  });
  expect(await levels()).toEqual({ virtHandler: 5, virtAPI: 3 });
  expect((await call('--virt-handler', '--virt-operator')).stdout).toBe('virt-handler=5\nvirt-operator=2\n');
  // What was set before stays; one that is named counts more than all.
  await call('--all=4', '--virt-api=6');
  expect(await levels()).toMatchObject({ virtHandler: 4, virtAPI: 6, virtOperator: 4 });
  await call('--reset', '--virt-launcher=7');
  expect(await levels()).toEqual({ virtLauncher: 7 });
  await call('--reset');
  expect(await levels()).toEqual({});
});
