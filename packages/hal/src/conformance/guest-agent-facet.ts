import assert from 'node:assert/strict';
import { GuestFilesystemSchema, GuestInfoSchema, GuestUserSchema } from '../guest.ts';
import type { ConformanceOptions } from './options.ts';
import { poll } from './bench.ts';
import { rejects } from './expectations.ts';
import { group, offers } from './suite.ts';

/** Questions to the agent inside the guest. */
export function guestAgentFacet(options: ConformanceOptions): void {
  if (!offers(options, 'guestAgent')) return;
  group(options, 'guest agent', ({ test }) => {
    test('is unavailable while the machine does not run', async (bench) => {
      const machine = await bench.define();
      await rejects(() => machine.facet('guestAgent').ping(), 'guest-agent-unavailable', 'invalid-state');
    });

    test('is unavailable on a machine without a channel to it', async (bench) => {
      const machine = await bench.start({ guestAgentChannel: false });
      await rejects(() => machine.facet('guestAgent').ping(), 'guest-agent-unavailable');
      assert.equal((await machine.observe()).guestAgent.connected, false);
    });

    if (!options.guest.agent) {
      test('is unavailable in a guest that has none', async (bench) => {
        const machine = await bench.start();
        await rejects(() => machine.facet('guestAgent').ping(), 'guest-agent-unavailable');
      });
      return;
    }

    test('announces itself and answers', async (bench) => {
      await using recorder = bench.events();
      const machine = await bench.boot();
      await recorder.next(
        0,
        'a hint at the agent',
        (event) =>
          event.kind === 'resync' ||
          (event.kind === 'guest-agent' && event.id === machine.id && event.connected),
      );
      const agent = machine.facet('guestAgent');
      await agent.ping();
      const info = GuestInfoSchema.parse(await agent.info());
      assert.ok(info.agentVersion.length > 0);
      assert.ok(info.supportedCommands.length > 0);
      for (const user of await agent.users()) GuestUserSchema.parse(user);
      for (const filesystem of await agent.filesystems()) GuestFilesystemSchema.parse(filesystem);
    });

    test('runs programs and returns what they wrote and how they ended', async (bench) => {
      const machine = await bench.boot();
      const agent = machine.facet('guestAgent');
      const said = await agent.exec(['/bin/sh', '-c', 'echo out; echo err >&2; exit 3']);
      assert.deepEqual(said, { exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
      await rejects(() => agent.exec(['/nonexistent/program']), 'guest-agent-failed');
    });

    test('lets people in by the keys and the password that it is told, and no others', async (bench) => {
      const machine = await bench.boot();
      const agent = machine.facet('guestAgent');
      const [one, two] = ['ssh-ed25519 AAAAC3Nz one@example', 'ssh-ed25519 AAAAC3Nw two@example'] as const;
      await agent.setAuthorizedKeys('root', [one, two]);
      assert.deepEqual((await agent.authorizedKeys('root')).sort(), [two, one]);
      await agent.setAuthorizedKeys('root', [two]);
      await agent.setAuthorizedKeys('root', [two]);
      assert.deepEqual(await agent.authorizedKeys('root'), [two]);
      await agent.setAuthorizedKeys('root', []);
      assert.deepEqual(await agent.authorizedKeys('root'), []);
      await agent.setPassword('root', 'a new: "pass" word');
      await rejects(() => agent.setAuthorizedKeys('nobody-here', [one]), 'guest-agent-failed');
      await rejects(() => agent.authorizedKeys('nobody-here'), 'guest-agent-failed');
      await rejects(() => agent.setPassword('nobody-here', 'x'), 'guest-agent-failed');
    });

    test('freezes file systems until they are thawed', async (bench) => {
      const machine = await bench.boot();
      await options.guest.mountFileSystem?.(machine);
      const agent = machine.facet('guestAgent');
      assert.equal(await agent.frozen(), false);
      await agent.thaw();
      await agent.freeze();
      assert.equal(await agent.frozen(), true);
      await agent.freeze();
      await agent.ping();
      await rejects(() => agent.info(), 'guest-agent-failed');
      await rejects(() => agent.exec(['/bin/sh', '-c', 'true']), 'guest-agent-failed');
      await agent.thaw();
      assert.equal(await agent.frozen(), false);
      assert.equal((await agent.exec(['/bin/sh', '-c', 'true'])).exitCode, 0);
    });

    test('thaws by itself when it was told to, unless it was thawed and frozen anew', async (bench) => {
      const machine = await bench.boot();
      await options.guest.mountFileSystem?.(machine);
      const agent = machine.facet('guestAgent');
      await agent.freeze({ thawAfterSeconds: 1 });
      await poll('file systems to thaw', bench.timeouts.bootMs, async () =>
        (await agent.frozen()) ? undefined : true,
      );
      await agent.freeze({ thawAfterSeconds: 3600 });
      await agent.thaw();
      await agent.freeze();
      assert.equal(await agent.frozen(), true);
    });

    test('is gone when the machine stops', async (bench) => {
      const machine = await bench.boot();
      await machine.stop('force');
      assert.equal((await machine.observe()).guestAgent.connected, false);
      await rejects(() => machine.facet('guestAgent').ping(), 'guest-agent-unavailable', 'invalid-state');
    });
  });
}
