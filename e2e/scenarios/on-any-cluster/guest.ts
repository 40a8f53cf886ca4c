import { machineService, waitFor, isPaused, isRunning } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { describe, expect, it } from 'vitest';
import { spawn } from 'node:child_process';
import type { Cluster } from '../../support/cluster.ts';
import { ConsoleReader } from '../../support/console.ts';
import { launcherOf } from '../../support/launchers.ts';
import {
  addressOf,
  agentAnswers,
  bootPatience,
  createRunning,
  mockMachine,
  patience,
  realMachine,
  remove,
  runOf,
  runsAnew,
  status,
} from '../../support/machines.ts';
import { freePort } from '../../support/platform.ts';
import { page, pageServed } from '../../support/pages.ts';
import { programCommand } from '../../support/programs.ts';
import { killProcess, listProcesses } from '../../support/processes.ts';

/** The process that carries the packets of a run's interface. */
const passtOf = (uid: string): ReturnType<typeof listProcesses> =>
  listProcesses().filter(
    ({ command }) => command[0] === 'passt' && command.some((word) => word.includes(`/${uid}/`)),
  );

/** What a real guest does: it boots, is reached, tells about itself, and outlives the parts around it. */
export function guestScenarios(cluster: () => Cluster): void {
  // Types at the serial console until the guest answers.
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
      const machine = realMachine(cluster(), { name, page: greeting, ports: [80] });
      machine.spec.template.spec!.domain.devices.logSerialConsole = true;
      await createRunning(cluster(), machine);
      const service = await client.services.get(name);
      expect(await pageServed(`http://${service.spec?.clusterIP}/`)).toContain(greeting);
      expect(await pageServed(`http://${await addressOf(cluster(), name)}/`)).toContain(greeting);
    });

    it('answers on its console', async () => {
      await consoleAnswers(name);
    });

    it('has its console printed by a container of its Pod, as its manifest asks', async () => {
      const { activePods = {} } = (await cluster().client.virtualMachineInstances.get(name)).status ?? {};
      const pods = (await cluster().client.pods.list()).items;
      const [pod] = pods.filter(({ metadata }) => metadata.uid! in activePods);
      const log = ['logs', pod?.metadata.name ?? '', '--container', 'guest-console-log'];
      await waitUntil('the log of the console', async () =>
        (await cluster().kubectl(log)).stdout.includes('virtkit tiny guest: ready on'),
      );
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
      await platform.restart('virt-handler');
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
      // By what the API says of the machine: another cluster of this computer may have machines of the same names.
      const emulatorsOf = async (machine: string): Promise<number> => {
        const { spec } = await client.virtualMachineInstances.get(machine);
        const uuid = spec.domain.firmware?.uuid;
        if (uuid === undefined) throw new Error(`${machine} has no uuid`);
        const named = listProcesses().filter(({ command }) => command.includes(uuid));
        return named.filter(({ command }) => command[0]?.includes('qemu-system') === true).length;
      };
      expect(await emulatorsOf(name)).toBe(1);
      expect(await emulatorsOf('simulated')).toBe(0);
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

  describe('a guest behind passt', () => {
    const name = 'user-mode';
    const greeting = 'carried by passt';

    it('has the address of its Pod and serves its page under a ClusterIP', async () => {
      const { client } = cluster();
      await client.services.create(machineService({ machine: name, ports: [80] }));
      await createRunning(
        cluster(),
        realMachine(cluster(), { name, page: greeting, network: 'passt', ports: [80] }),
      );
      const service = await client.services.get(name);
      expect(await pageServed(`http://${service.spec?.clusterIP}/`)).toContain(greeting);
      const address = await addressOf(cluster(), name);
      expect(await pageServed(`http://${address}/`)).toContain(greeting);
      const { activePods = {} } = (await client.virtualMachineInstances.get(name)).status ?? {};
      const pods = (await client.pods.list()).items.filter(({ metadata }) => metadata.uid! in activePods);
      expect(pods.map(({ status }) => status?.podIP)).toEqual([address]);
    });

    it('tells that passt ended, and is reached again', async () => {
      const [passt, ...more] = passtOf(await runOf(cluster(), name));
      expect(more).toEqual([]);
      killProcess(passt!.pid);
      await waitUntil('an event', async () => {
        const { stdout } = await cluster().kubectl(['events', '--for', `vmi/${name}`]);
        return stdout.includes('InterfaceProcessFailed');
      });
      expect(await pageServed(`http://${await addressOf(cluster(), name)}/`)).toContain(greeting);
    });

    it('ends with its passt', async () => {
      const uid = await runOf(cluster(), name);
      await remove(cluster(), name);
      await waitUntil('the end of passt', () => passtOf(uid).length === 0);
    });
  });
}
