import { machineService, waitFor, isPaused, isRunning } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import { spawn } from 'node:child_process';
import { ConsoleReader } from '../support/console.ts';
import { launcherOf } from '../support/launchers.ts';
import {
  addressOf,
  agentAnswers,
  bootPatience,
  createRunning,
  mockMachine,
  patience,
  realMachine,
  runOf,
  runsAnew,
  status,
} from '../support/machines.ts';
import { needsRealGuests } from '../support/needs.ts';
import { freePort } from '../support/platform.ts';
import { programCommand } from '../support/programs.ts';
import { listProcesses } from '../support/processes.ts';
import { sharedPlatform } from '../support/shared-platform.ts';

const cluster = sharedPlatform(needsRealGuests);

/** What the guest's web server answers; undefined while nobody does. */
async function page(url: string): Promise<string | undefined> {
  try {
    return await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text();
  } catch (error) {
    const name = (error as Error).name;
    if (name === 'TypeError' || name === 'TimeoutError') return undefined;
    throw error;
  }
}

const pageServed = (url: string): Promise<string> =>
  waitUntil(`an answer of ${url}`, () => page(url), { timeoutMs: bootPatience * 1000, intervalMs: 250 });

/** Types at the serial console until the guest answers. */
async function consoleAnswers(name: string): Promise<void> {
  using console = new ConsoleReader(await cluster().client.virtualMachineInstances.console(name));
  await console.answer('\n', /login:|#/, { timeoutMs: patience * 1000 });
}

describe('a real guest', () => {
  const name = 'web';
  const greeting = 'set up by cloud-init';

  it('boots, runs its cloud-init seed and serves its page under a ClusterIP', async () => {
    const { client } = cluster();
    await client.services.create(machineService({ machine: name, ports: [80] }));
    await createRunning(cluster(), realMachine(cluster(), { name, page: greeting, ports: [80] }));
    const service = await client.services.get(name);
    expect(await pageServed(`http://${service.spec?.clusterIP}/`)).toContain(greeting);
    expect(await pageServed(`http://${await addressOf(cluster(), name)}/`)).toContain(greeting);
  });

  it('answers on its console', async () => {
    await consoleAnswers(name);
  });

  it('tells about itself through its agent', async () => {
    const { virtualMachineInstances } = cluster().client;
    const info = await virtualMachineInstances.guestOsInfo(name);
    expect(info.os?.kernelRelease).toMatch(/^\d+\.\d+/);
    expect((await virtualMachineInstances.filesystemList(name)).items).toBeDefined();
    expect((await virtualMachineInstances.userList(name)).items).toBeDefined();
    const { stdout } = await cluster().virtctl(['guestosinfo', name]);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'VirtualMachineInstanceGuestAgentInfo' });
  });

  it('shows its display', async () => {
    const image = await cluster().client.virtualMachineInstances.screenshot(name);
    expect(Buffer.from(image.subarray(1, 4)).toString()).toBe('PNG');
  });

  it('is reached through virtctl port-forward', async () => {
    const port = await freePort();
    const [program, ...args] = programCommand('virtctl');
    const forwarding = spawn(
      program,
      [...args, '--kubeconfig', cluster().kubeconfig, 'port-forward', `vmi/${name}`, `${port}:80`],
      { stdio: 'ignore' },
    );
    try {
      expect(await pageServed(`http://127.0.0.1:${port}/`)).toContain(greeting);
    } finally {
      const ended = new Promise((resolve) => forwarding.once('exit', resolve));
      forwarding.kill('SIGTERM');
      await ended;
    }
  });

  it('stands still while it is paused', async () => {
    const { client } = cluster();
    const url = `http://${await addressOf(cluster(), name)}/`;
    expect(await pageServed(url)).toContain(greeting);
    await client.virtualMachineInstances.pause(name);
    await waitFor(client.virtualMachineInstances, name, isPaused, { timeoutSeconds: patience });
    expect(await page(url)).toBeUndefined();
    await client.virtualMachineInstances.unpause(name);
    expect(await pageServed(url)).toContain(greeting);
  });

  it('survives the end of the node agent: same process, console afterwards', async () => {
    const platform = cluster();
    const uid = await runOf(platform, name);
    const launcher = await launcherOf(uid);
    await platform.programRestarted('virt-handler', await platform.killProgram('virt-handler'));
    await waitUntil(
      'the console opens again',
      async () => {
        await consoleAnswers(name);
        return true;
      },
      { timeoutMs: patience * 1000, intervalMs: 500 },
    );
    expect(await launcherOf(uid)).toBe(launcher);
    expect(await pageServed(`http://${await addressOf(platform, name)}/`)).toContain(greeting);
  });

  it('reboots softly in the same run', async () => {
    const { client } = cluster();
    const before = await runOf(cluster(), name);
    using console = new ConsoleReader(await client.virtualMachineInstances.console(name));
    await client.virtualMachineInstances.softReboot(name);
    await waitUntil('the guest boots again', () => console.text.includes('virtkit tiny guest: starting'), {
      timeoutMs: bootPatience * 1000,
    });
    await agentAnswers(cluster(), name);
    expect(await runOf(cluster(), name)).toBe(before);
  });

  it('runs beside a simulated one, each under its own hypervisor', async () => {
    const { client } = cluster();
    await createRunning(cluster(), mockMachine(cluster(), { name: 'simulated' }));
    await waitFor(client.virtualMachineInstances, name, isRunning, { timeoutSeconds: patience });
    const emulators = listProcesses().filter(({ command }) => command[0]?.includes('qemu-system') === true);
    const names = emulators.flatMap(({ command }) => command.filter((word) => word.startsWith('guest=')));
    expect(names.filter((word) => word.includes(`_${name},`))).toHaveLength(1);
    expect(names.filter((word) => word.includes('_simulated,'))).toHaveLength(0);
  });

  it('restarts in a new run, and stops', async () => {
    const { virtualMachines } = cluster().client;
    const before = await runOf(cluster(), name);
    await virtualMachines.restart(name);
    await runsAnew(cluster(), name, before);
    await virtualMachines.stop(name);
    await status(cluster(), name, 'Stopped');
  });
});
