import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControlPlane } from '@virtkit/apiserver';
import { crd, resources } from '@virtkit/core-types';
import { connect, virtualMachine } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import { main } from '../examples/main.ts';

describe('examples', () => {
  it('main', async () => {
    await using stack = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), 'program-'));
    stack.defer(() => rmSync(folder, { recursive: true }));
    const plane = stack.use(await startControlPlane({ crds: [crd(resources.virtualMachines)] }));
    const client = stack.use(await connect({ server: plane.url, ca: plane.ca, token: plane.token }));
    writeFileSync(join(folder, 'ca.pem'), plane.ca);
    writeFileSync(join(folder, 'token'), `${plane.token}\n`);
    await client.virtualMachines.create(
      virtualMachine({ name: 'web', memory: '1Gi', runStrategy: 'Halted' }),
    );

    const lines: string[] = [];
    const files = ['--ca-file', join(folder, 'ca.pem'), '--token-file', join(folder, 'token')];
    const running = main(['--server', plane.url, ...files, '--machine', 'web'], {}, (line) =>
      lines.push(line),
    );
    await waitUntil('the machine to be seen', () => lines.length > 0);
    await client.virtualMachines.delete('web');
    await running;
    const [first] = lines;
    expect(JSON.parse(first!)).toMatchObject({
      level: 'info',
      component: 'observer',
      msg: 'seen',
      name: 'web',
      runStrategy: 'Halted',
    });
  });
});
