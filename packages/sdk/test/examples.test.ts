import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane } from '@virtkit/apiserver';
import { resources } from '@virtkit/core-types';
import { waitUntil } from '@virtkit/testing';
import { describe, it } from 'vitest';
import { connect } from '../src/index.ts';

const backups = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'backups.backup.example.com' },
  spec: {
    group: 'backup.example.com',
    scope: 'Namespaced' as const,
    names: { kind: 'Backup', plural: 'backups', singular: 'backup' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

describe('examples', () => {
  it('custom-resource, run as a user would', async () => {
    await using stack = new AsyncDisposableStack();
    const home = mkdtempSync(join(tmpdir(), 'sdk-example-'));
    stack.defer(() => rmSync(home, { recursive: true }));
    const plane = stack.use(await startControlPlane());
    const client = stack.use(await connect({ kubeconfigText: plane.kubeconfig(), namespace: 'shop' }));
    await client.resource(resources.customResourceDefinitions).create(backups);
    await client.namespaces.create({ metadata: { name: 'shop' } });
    mkdirSync(join(home, '.kube'));
    writeFileSync(join(home, '.kube', 'config'), plane.kubeconfig());

    const program = join(import.meta.dirname, '../examples/custom-resource.ts');
    const child = spawn(process.execPath, ['--conditions=@virtkit/source', program], {
      env: { ...process.env, HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    stack.defer(async () => {
      child.kill();
      await exited;
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const says = (text: string) => waitUntil(`the example says ${text}`, () => output.includes(text));
    await says("[ 'web: new' ]");
    const resource = { group: 'backup.example.com', version: 'v1', kind: 'Backup', plural: 'backups' };
    await client
      .resource({ ...resource, singular: 'backup', namespaced: true })
      .patch('nightly', { type: 'merge', body: { spec: { machine: 'db' } } });
    await says('MODIFIED db');
  });
});
