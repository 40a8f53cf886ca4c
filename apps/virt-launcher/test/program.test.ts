import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../src/exit-codes.ts';
import { LauncherFolders, RunningLauncher, spec } from './running-launcher.ts';

const stubborn = { ...spec, backend: { mock: { shutdown: { obeys: false } } } };

describe('virt-launcher', () => {
  it('serves a machine from define to undefine and ends with 0', async () => {
    using folders = new LauncherFolders();
    await using launcher = new RunningLauncher(folders.flags());
    await using client = await launcher.connect(folders.socketPath);
    expect(await client.info()).toMatchObject({
      vmi: { namespace: 'default', name: 'vm', uid: 'u-1' },
      hypervisor: 'mock',
      pid: launcher.child.pid,
    });
    expect(await client.facts()).toMatchObject({ volumes: {}, hardwareVirtualization: { state: 'usable' } });
    const machine = await client.hypervisor.define(spec);
    await machine.start();
    await machine.stop('graceful');
    await waitUntil('the guest to stop', async () => (await machine.observe()).state.kind === 'stopped');
    await machine.undefine();
    expect(await launcher.ended).toBe(exitCodes.done);
    expect(existsSync(folders.socketPath)).toBe(false);
    for (const line of launcher.log) expect(line).toMatchObject({ vmi: 'default/vm', uid: 'u-1' });
  });

  it('ends at once when it is told to and has no machine', async () => {
    using folders = new LauncherFolders();
    await using launcher = new RunningLauncher(folders.flags());
    await using _client = await launcher.connect(folders.socketPath);
    launcher.child.kill('SIGTERM');
    expect(await launcher.ended).toBe(exitCodes.done);
  });

  it('announces that it is to end, and leaves the stop to the node agent', async () => {
    using folders = new LauncherFolders();
    await using launcher = new RunningLauncher([...folders.flags(), '--grace-period-seconds', '60']);
    await using client = await launcher.connect(folders.socketPath);
    const machine = await client.hypervisor.define(spec);
    await machine.start();
    const events = client.events()[Symbol.asyncIterator]();
    launcher.child.kill('SIGTERM');
    for (let step = await events.next(); step.done !== true; step = await events.next()) {
      if (step.value.kind === 'termination-requested') break;
    }
    expect((await client.info()).terminationRequestedAt).toBeDefined();
    expect((await machine.observe()).state.kind).toBe('running');
    await machine.stop('force');
    await machine.undefine();
    expect(await launcher.ended).toBe(exitCodes.done);
    await events.return?.();
  });

  it('ends a guest that ignores everything when the grace period is over', async () => {
    using folders = new LauncherFolders();
    await using launcher = new RunningLauncher([...folders.flags(), '--grace-period-seconds', '1']);
    await using client = await launcher.connect(folders.socketPath);
    const machine = await client.hypervisor.define(stubborn);
    await machine.start();
    launcher.child.kill('SIGTERM');
    await waitUntil('a forced stop', async () => (await machine.observe()).state.kind === 'stopped');
    expect((await machine.observe()).state).toEqual({ kind: 'stopped', reason: 'destroyed' });
    expect(launcher.log.map(({ message }) => message)).toEqual(
      expect.arrayContaining(['told to end', 'ending the machine: ask', 'ending the machine: force']),
    );
    await machine.undefine();
    expect(await launcher.ended).toBe(exitCodes.done);
  });

  it('is followed by a successor after kill -9, which adopts the machine; its client goes on', async () => {
    using folders = new LauncherFolders();
    await using first = new RunningLauncher(folders.flags());
    await using client = await first.connect(folders.socketPath);
    const machine = await client.hypervisor.define(spec);
    await machine.start();
    const { startedAt } = await machine.observe();
    first.child.kill('SIGKILL');
    await first.ended;
    await expect(machine.observe()).rejects.toMatchObject({ code: 'connection-lost' });

    await using second = new RunningLauncher(folders.flags());
    await using _ready = await second.connect(folders.socketPath);
    expect(await machine.observe()).toMatchObject({ state: { kind: 'running' }, startedAt });
    expect((await client.info()).pid).toBe(second.child.pid);
    await machine.undefine();
    expect(await second.ended).toBe(exitCodes.done);
  });

  it('refuses to serve beside another launcher', async () => {
    using folders = new LauncherFolders();
    await using first = new RunningLauncher(folders.flags());
    await using client = await first.connect(folders.socketPath);
    await using second = new RunningLauncher(folders.flags());
    expect(await second.ended).toBe(exitCodes.socketUnavailable);
    expect(second.log.at(-1)).toMatchObject({ level: 'error', error: { code: 'socket-in-use' } });
    await client.info();
  });

  it.each([
    ['no flags', () => [], exitCodes.usage, 'bad-flags'],
    [
      'a backend that nobody knows',
      (flags: string[]) => [...flags, '--hypervisor', 'abacus'],
      exitCodes.hypervisorUnavailable,
      'backend-unavailable',
    ],
    [
      'options that the backend does not have',
      (flags: string[]) => [...flags, '--hypervisor-options', '{"turbo":true}'],
      exitCodes.usage,
      'bad-flags',
    ],
  ])('says what is wrong with %s', async (_what, change, code, error) => {
    using folders = new LauncherFolders();
    await using launcher = new RunningLauncher(change(folders.flags()));
    expect(await launcher.ended).toBe(code);
    expect(launcher.log.at(-1)).toMatchObject({ level: 'error', error: { code: error } });
  });

  it('says that its socket folder is missing', async () => {
    using folders = new LauncherFolders();
    await using launcher = new RunningLauncher([
      ...folders.flags(),
      '--socket-dir',
      join(folders.root, 'nowhere'),
    ]);
    expect(await launcher.ended).toBe(exitCodes.socketUnavailable);
  });
});
