// Tests of a controller against a control plane of their own: `node --test examples/`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { ApiServerError, startControlPlane } from '@virtkit/apiserver';
import { runWebsiteController, type Website } from './website-controller.ts';

interface ConfigMap {
  metadata: { name: string };
  data?: Record<string, string>;
}

const websites = { apiVersion: 'example.com/v1', kind: 'Website' } as const;

function website(name: string, title: string): Website {
  return { ...websites, metadata: { name }, spec: { title } };
}

await test('a website is published, and again when it changes', async () => {
  // The definition is the file that users of the controller install.
  await using env = await startControlPlane({ crds: [new URL('website-crd.yaml', import.meta.url)] });
  const config = new KubeConfig();
  config.loadFromString(env.kubeconfig());
  const stop = await runWebsiteController(config);
  const client = env.client<Website>(websites);
  const pages = env.client<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap' });

  await client.create(website('home', 'Welcome'));
  for await (const { object } of client.watch()) if (object.status?.published === true) break;
  assert.equal((await pages.get('home-page')).data?.['index.html'], '<title>Welcome</title>');

  const { metadata } = await client.patch('home', { spec: { title: 'Come in' } });
  for await (const { object } of client.watch())
    if (object.status?.observedGeneration === metadata.generation) break;
  assert.equal((await pages.get('home-page')).data?.['index.html'], '<title>Come in</title>');

  // The garbage collector of the control plane is real, too.
  await client.delete('home');
  for await (const { type } of pages.watch({ resourceVersion: metadata.resourceVersion }))
    if (type === 'DELETED') break;
  await stop();
});

await test('a website without a title is refused by its schema', async () => {
  await using env = await startControlPlane({ crds: [new URL('website-crd.yaml', import.meta.url)] });
  const client = env.client<Website>(websites);
  await assert.rejects(client.create(website('empty', '')), (error) => {
    assert.ok(error instanceof ApiServerError);
    assert.equal(error.code, 'Invalid');
    assert.equal(error.options.causes?.[0]?.field, 'spec.title');
    return true;
  });
});
