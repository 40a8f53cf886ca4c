import { ApiServerError } from '@virtkit/apiserver';
import { silentLogger } from '@virtkit/controllers/runtime';
import { expect, test } from 'vitest';
import { KubeVirtSource } from '../src/cluster/kubevirt-source.ts';
import { startCluster } from './support/cluster.ts';

test('a client that is not to be had makes admission unavailable, until it is', async () => {
  await using cluster = await startCluster();
  let attempts = 0;
  await using source = new KubeVirtSource(() => {
    attempts += 1;
    if (attempts === 1) throw new Error('not yet');
    return cluster.controller;
  }, silentLogger);
  const error: unknown = await source.list().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiServerError);
  expect(error).toMatchObject({ code: 'ServiceUnavailable' });
  expect(await source.list()).toMatchObject([{ metadata: { name: 'kubevirt' } }]);
});
