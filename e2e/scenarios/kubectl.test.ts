import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import type { CommandOptions } from '../support/command.ts';
import { mockMachine, running } from '../support/machines.ts';
import { needsPlatform } from '../support/needs.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsPlatform, { hypervisor: 'mock' });
const name = 'plain';

/** What kubectl writes to its standard output. */
async function kubectl(args: string, options?: CommandOptions): Promise<string> {
  return (await cluster().kubectl(args.split(' '), options)).stdout;
}

const manifest = (machine: string): string => JSON.stringify(mockMachine(cluster(), { name: machine }));

describe('an unmodified kubectl', () => {
  it('applies a machine and waits until it is ready', async () => {
    expect(await kubectl('apply -f -', { input: manifest(name) })).toContain(
      `virtualmachine.kubevirt.io/${name} created`,
    );
    expect(await kubectl(`wait vm/${name} --for=condition=Ready --timeout=60s`)).toContain('condition met');
    expect(await kubectl('apply -f -', { input: manifest(name) })).toContain('unchanged');
  });

  it('shows tables', async () => {
    expect(await kubectl('get vm')).toMatch(/^NAME +AGE +STATUS +READY\n/);
    expect(await kubectl(`get vm ${name}`)).toMatch(new RegExp(`${name} +\\S+ +Running +True`));
    const [head = '', row = ''] = (await kubectl(`get vmi ${name} -o wide`)).split('\n');
    expect(head).toMatch(/PHASE.*IP.*NODENAME.*READY.*LIVE-MIGRATABLE.*PAUSED/);
    expect(row).toContain('Running');
    expect(await kubectl('get pods -l kubevirt.io=virt-launcher -o wide')).toMatch(
      /virt-launcher-plain-\w+ +1\/1 +Running/,
    );
    expect(await kubectl('get nodes')).toContain('Ready');
  });

  it('shows objects as YAML and JSON', async () => {
    const document = JSON.parse(await kubectl(`get vm ${name} -o json`)) as { spec: { runStrategy: string } };
    expect(document.spec.runStrategy).toBe('Always');
    expect(await kubectl(`get vm ${name} -o yaml`)).toMatch(
      /^apiVersion: kubevirt.io\/v1\n.*kind: VirtualMachine\n/s,
    );
    expect(await kubectl(`get vmi ${name} -o jsonpath={.status.phase}`)).toBe('Running');
  });

  it('describes a machine with its events', async () => {
    expect(await kubectl(`describe vm ${name}`)).toContain('Printable Status');
    // Events are written beside the work, so they may come after the state that they tell of.
    await waitUntil(
      'the event of the machine',
      async () => (await kubectl(`describe vm ${name}`)).includes('SuccessfulCreate'),
      { timeoutMs: 30_000, intervalMs: 500 },
    );
    await waitUntil(
      'the event of its run',
      async () => (await kubectl(`events --for vmi/${name}`)).includes('Started'),
      {
        timeoutMs: 30_000,
        intervalMs: 500,
      },
    );
    expect(await kubectl('get events')).toContain(`virtualmachine/${name}`);
  });

  it('labels, annotates and patches', async () => {
    await kubectl(`label vm ${name} tier=web`);
    expect(await kubectl('get vm -l tier=web -o name')).toBe(`virtualmachine.kubevirt.io/${name}\n`);
    await kubectl(`annotate vm ${name} note=kept`);
    expect(await kubectl(`get vm ${name} -o jsonpath={.metadata.annotations.note}`)).toBe('kept');
    await kubectl(`patch vm ${name} --type=merge -p {"metadata":{"labels":{"tier":"db"}}}`);
    await kubectl(`patch vm ${name} --type=json -p [{"op":"remove","path":"/metadata/annotations/note"}]`);
    expect(
      await kubectl(`get vm ${name} -o jsonpath={.metadata.labels.tier}{.metadata.annotations.note}`),
    ).toBe('db');
  });

  it('edits with an editor', async () => {
    const editor = join(cluster().folder, 'edit.sh');
    await writeFile(editor, '#!/bin/sh\nsed -i "s/tier: db/tier: edited/" "$1"\n');
    await chmod(editor, 0o755);
    expect(await kubectl(`edit vm ${name}`, { env: { EDITOR: editor } })).toContain('edited');
    expect(await kubectl(`get vm ${name} -o jsonpath={.metadata.labels.tier}`)).toBe('edited');
  });

  it('explains fields and lists kinds', async () => {
    expect(await kubectl('explain vm.spec.runStrategy')).toContain('runStrategy');
    const kinds = await kubectl('api-resources --api-group=kubevirt.io');
    for (const kind of ['VirtualMachine', 'VirtualMachineInstance', 'KubeVirt'])
      expect(kinds).toContain(kind);
    expect(await kubectl('api-versions')).toContain('subresources.kubevirt.io/v1');
  });

  it('shows the log of a launcher Pod', async () => {
    const [pod = ''] = (await kubectl('get pods -l kubevirt.io=virt-launcher -o name')).split('\n');
    expect(await kubectl(`logs ${pod}`)).toContain('"serving"');
    expect(await kubectl(`logs ${pod} --tail=1`)).toMatch(/^[^\n]+\n$/);
  });

  it('watches, creates and deletes', async () => {
    const watch = spawn(
      'kubectl',
      ['--kubeconfig', cluster().kubeconfig, 'get', 'vm', '-w', '--output-watch-events'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let seen = '';
    watch.stdout.setEncoding('utf8').on('data', (text: string) => (seen += text));
    try {
      await waitUntil('the watch has begun', () => seen.includes(name), { timeoutMs: 30_000 });
      expect(await kubectl('create -f -', { input: manifest('second') })).toContain('created');
      await running(cluster(), 'second');
      const again = await cluster().kubectl(['create', '-f', '-'], {
        input: manifest('second'),
        mayFail: true,
      });
      expect(again.stderr).toContain('already exists');
      expect(await kubectl('delete vm second --timeout=60s')).toContain('deleted');
      await waitUntil('its deletion is seen', () => /DELETED +second/.test(seen), { timeoutMs: 30_000 });
      expect(seen).toMatch(/ADDED +second/);
      expect(seen).toMatch(/MODIFIED +second .*Running/);
    } finally {
      watch.kill('SIGTERM');
    }
  });
});

describe('virtctl', () => {
  const virtctl = async (...args: string[]): Promise<string> => (await cluster().virtctl(args)).stdout;
  const phase = async (): Promise<string> => kubectl(`get vm ${name} -o jsonpath={.status.printableStatus}`);
  const becomes = (word: string): Promise<boolean> =>
    waitUntil(`${name} is ${word}`, async () => (await phase()) === word, {
      timeoutMs: 60_000,
      intervalMs: 500,
    });

  it.each([
    { command: 'pause', operands: ['vmi', name], status: 'Paused' },
    { command: 'unpause', operands: ['vmi', name], status: 'Running' },
    { command: 'stop', operands: [name], status: 'Stopped' },
    { command: 'start', operands: [name], status: 'Running' },
    { command: 'restart', operands: [name], status: 'Running' },
  ])('$command', async ({ command, operands, status }) => {
    expect(await virtctl(command, ...operands)).toMatch(/VMI? plain was scheduled to/);
    await becomes(status);
  });

  it('guestosinfo', async () => {
    const info = await waitUntil(
      'the agent answers',
      async () => {
        const { exitCode, stdout } = await cluster().virtctl(['guestosinfo', name], { mayFail: true });
        return exitCode === 0 && stdout;
      },
      { timeoutMs: 60_000, intervalMs: 500 },
    );
    expect(JSON.parse(info)).toMatchObject({ kind: 'VirtualMachineInstanceGuestAgentInfo' });
  });

  it('says what is wrong and what to do', async () => {
    const { exitCode, stderr } = await cluster().virtctl(['start', 'nobody'], { mayFail: true });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/nobody.*not found/s);
  });
});
