import assert from 'node:assert/strict';
import { poll } from './bench.ts';
import type { ConformanceOptions } from './options.ts';
import { rejects } from './expectations.ts';
import { group } from './suite.ts';

/** How far behind a guest's clock may be: it tells whole seconds, and asking takes time. */
const lagMs = 4000;

/** pause, startPaused, reset and softReboot. */
export function powerFacets(options: ConformanceOptions): void {
  group(options, 'pause, reset and reboot', ({ test, offers }) => {
    if (offers('pause')) {
      test('pause and resume stop and continue the CPUs, twice over', async (bench) => {
        const machine = await bench.start();
        const { startedAt } = await machine.observe();
        await machine.facet('pause').pause();
        await machine.facet('pause').pause();
        assert.deepEqual((await machine.observe()).state, { kind: 'paused', reason: 'user' });
        await machine.facet('pause').resume();
        await machine.facet('pause').resume();
        const resumed = await machine.observe();
        assert.equal(resumed.state.kind, 'running');
        assert.equal(resumed.startedAt, startedAt);
      });

      test('a machine that does not run cannot be paused or resumed', async (bench) => {
        const machine = await bench.define();
        await rejects(() => machine.facet('pause').pause(), 'invalid-state');
        await rejects(() => machine.facet('pause').resume(), 'invalid-state');
      });

      test('starting a paused machine leaves it paused', async (bench) => {
        const machine = await bench.start();
        await machine.facet('pause').pause();
        await machine.start();
        assert.equal((await machine.observe()).state.kind, 'paused');
      });

      test('a paused machine can be stopped by force', async (bench) => {
        const machine = await bench.start();
        await machine.facet('pause').pause();
        await machine.stop('force');
        assert.deepEqual((await machine.observe()).state, { kind: 'stopped', reason: 'destroyed' });
      });

      if (options.guest.agent) {
        test('a guest that goes on is told what time it is', async (bench) => {
          const machine = await bench.boot();
          const power = machine.facet('pause');
          await power.pause();
          const began = Date.now();
          // Long enough for a clock that nobody set to be seen.
          await poll(
            'some time to pass',
            bench.timeouts.callMs,
            async () => Date.now() - began > lagMs + 1000 || undefined,
          );
          await power.resume();
          await poll('the clock of the guest', bench.timeouts.callMs, async () => {
            const asked = await machine.facet('guestAgent').exec(['/bin/sh', '-c', 'date +%s']);
            return Date.now() - Number(asked.stdout) * 1000 < lagMs ? true : undefined;
          });
        });
      }

      test('an undefined machine cannot be paused', async (bench) => {
        const machine = await bench.define();
        await machine.undefine();
        await rejects(() => machine.facet('pause').pause(), 'not-found');
      });
    }

    if (offers('startPaused')) {
      test('startPaused keeps the CPUs stopped until resume', async (bench) => {
        const machine = await bench.start({ startPaused: true });
        assert.equal((await machine.observe()).state.kind, 'paused');
        if (bench.offers('pause')) {
          await machine.facet('pause').resume();
          assert.equal((await machine.observe()).state.kind, 'running');
          await bench.ready(machine);
        }
      });
    }

    if (offers('reset')) {
      test('a reset boots the guest again within the same run', async (bench) => {
        const machine = await bench.boot();
        const { startedAt } = await machine.observe();
        await machine.facet('reset').reset();
        const observed = await machine.observe();
        assert.equal(observed.state.kind, 'running');
        assert.equal(observed.startedAt, startedAt);
        await bench.ready(machine);
      });

      test('a machine that does not run cannot be reset', async (bench) => {
        const machine = await bench.define();
        await rejects(() => machine.facet('reset').reset(), 'invalid-state');
      });
    }

    if (offers('softReboot')) {
      test('a soft reboot is announced and leaves the machine running', async (bench) => {
        const machine = await bench.boot();
        await using recorder = bench.events();
        await machine.facet('softReboot').softReboot();
        await recorder.next(
          0,
          'a hint at the reboot',
          (event) => event.kind === 'resync' || (event.kind === 'guest-reboot' && event.id === machine.id),
        );
        await bench.ready(machine);
        assert.equal((await machine.observe()).state.kind, 'running');
      });

      test('a machine that does not run cannot be asked to reboot', async (bench) => {
        const machine = await bench.define();
        await rejects(() => machine.facet('softReboot').softReboot(), 'invalid-state');
      });
    }
  });
}
