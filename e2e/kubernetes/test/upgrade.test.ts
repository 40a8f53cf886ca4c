import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeVirt } from '@virtkit/core-types';
import { isPaused, machineService, waitFor } from '@virtkit/sdk';
import { waitUntil } from '@virtkit/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../support/command.ts';
import { ConsoleReader } from '../../support/console.ts';
import { launcherOf } from '../../support/launchers.ts';
import {
  agentAnswers,
  bootPatience,
  createRunning,
  mockMachine,
  patience,
  realMachine,
  remove,
  runOf,
  runsAnew,
} from '../../support/machines.ts';
import { listProcesses } from '../../support/processes.ts';
import { programCommand } from '../../support/programs.ts';
import { readAuditEvents } from '../audit.ts';
import { KubernetesPlatform, ownRelease } from '../platform.ts';
import { buildRelease } from '../release-images.ts';
import { TickReader, tickingGuest, Witness } from '../witness.ts';
import { startTimeoutMs } from './patience.ts';

const namespace = 'kubevirt';
const operator = `system:serviceaccount:${namespace}:kubevirt-operator`;
/** Rolling three programs over, each of which is asked 15 s after its start at the earliest whether it is ready. */
const rolloutMs = 600_000;
/**
 * How long a guest may stand still, by its own clock and seen from outside, in seconds: an emulated one shares two processors with
 * images that are unpacked and programs that start. One that is stopped, or begins again, takes longer: it boots.
 */
const bearable = { pause: 10, silence: 15 };

/** How long a machine may take to end and to run again elsewhere, in seconds. */
const moveSeconds = 180;

/** Its launchers speak API 1.1. */
const former = '0.0.9';
const present = ownRelease.version;
/** 0.2 lies between. */
const later = '0.3.0';

const image = (version: string): string => `virtkit.dev/virt-launcher:${version}`;

describe('an update', () => {
  let platform: KubernetesPlatform;
  let folder: string;
  const stack = new AsyncDisposableStack();
  const started = performance.now();
  const cluster = (): KubernetesPlatform => platform;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virtkit-upgrade-'));
    stack.defer(() => rm(folder, { recursive: true }));
    const releases = [
      await buildRelease(former, folder, { launcherApiMinor: 1 }),
      await buildRelease(later, folder),
    ] as const;
    platform = stack.use(await KubernetesPlatform.start(join(folder, 'cluster'), { release: releases[0] }));
    for (const { archive } of [ownRelease, releases[1]]) await platform.cluster.importImages(archive);
  }, startTimeoutMs);
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.error(await platform?.logs());
  });
  afterAll(async () => {
    await stack.disposeAsync();
    console.log(`the test of updates took ${Math.round((performance.now() - started) / 1000)} s`);
  }, startTimeoutMs);

  const kubeVirt = (): Promise<KubeVirt> => platform.client.kubeVirts.get('kubevirt', { namespace });
  const patchKubeVirt = (spec: object) =>
    platform.client.kubeVirts.patch('kubevirt', { type: 'merge', body: { spec } }, { namespace });
  /** Of those that run. */
  const launcherImage = async (name: string): Promise<string | undefined> =>
    (await platform.client.virtualMachineInstances.get(name)).status?.launcherContainerImageVersion;
  const outdated = (count: number): Promise<unknown> =>
    waitFor(
      platform.client.kubeVirts,
      'kubevirt',
      (object) => object?.status?.outdatedVirtualMachineInstanceWorkloads === count,
      { namespace, timeoutSeconds: moveSeconds },
    );
  const ticksUrl = async (): Promise<string> => {
    const { spec } = await platform.client.services.get('ticking');
    return `http://${spec?.clusterIP}/ticks`;
  };

  /** Objects that the operator has written since a time, each once, in order; those of one kind together. */
  async function written(since: number): Promise<string[]> {
    const events = await readAuditEvents(platform.cluster.controlPlane.files.auditLog);
    const order: string[] = [];
    for (const { user, verb, objectRef, requestReceivedTimestamp: at, responseStatus } of events) {
      const done = (responseStatus?.code ?? 500) < 300 && objectRef?.subresource === undefined;
      if (user.username !== operator || !done || Date.parse(at) < since) continue;
      if (!['create', 'update', 'patch'].includes(verb)) continue;
      const { resource = '', name = '' } = objectRef ?? {};
      const step = resource === 'customresourcedefinitions' ? resource : `${resource}/${name}`;
      if (!order.includes(step)) order.push(step);
    }
    return order.filter((step) => /^(?:customresourcedefinitions|(?:daemonsets|deployments)\/)/.test(step));
  }

  /** Has another version installed while machines run, and sees to it that they do not notice. */
  async function update(version: string, machines: string[], apply: () => Promise<unknown>): Promise<void> {
    const before = Date.now();
    await using witness = new Witness(platform.client, platform.namespace, machines);
    await using reader = new TickReader(await ticksUrl());
    await apply();
    await waitFor(
      platform.client.kubeVirts,
      'kubevirt',
      (object) =>
        object?.status?.phase === 'Deployed' &&
        object.status.observedKubeVirtVersion === version &&
        object.status.operatorVersion === version &&
        object.status.observedDeploymentID === object.status.targetDeploymentID,
      { namespace, timeoutSeconds: rolloutMs / 1000 },
    );
    const seconds = (Date.now() - before) / 1000;
    const ticks = reader.result;
    console.log(`to ${version} in ${seconds.toFixed(0)} s`, ticks);

    for (const [name, { instance, launcher }] of Object.entries(witness.seen)) {
      expect(instance, name).toEqual([expect.stringMatching(/^Running /)]);
      expect(launcher, name).toEqual([expect.stringMatching(/^Running \S+ 0$/)]);
    }
    expect(ticks.restarted).toBe(false);
    expect(ticks.longestPause).toBeLessThan(bearable.pause);
    expect(ticks.longestSilence).toBeLessThan(bearable.silence);
    expect(ticks.guestSeconds).toBeGreaterThan(seconds - bearable.silence - bearable.pause);
    expect(await written(before)).toEqual([
      'customresourcedefinitions',
      'daemonsets/virt-handler',
      'deployments/virt-controller',
      'deployments/virt-api',
    ]);
  }

  /** Whatever the launcher's version, the programs of now do with it what they do with their own. */
  async function canBeOperated(name: string, hypervisor: 'mock' | 'kvm-qemu'): Promise<void> {
    const { virtualMachineInstances: instances } = platform.client;
    await instances.pause(name);
    await waitFor(instances, name, isPaused, { timeoutSeconds: patience });
    await instances.unpause(name);
    await waitFor(instances, name, (one) => one !== undefined && !isPaused(one), {
      timeoutSeconds: patience,
    });
    await agentAnswers(cluster(), name);
    const info = await instances.guestOsInfo(name);
    expect(info.guestAgentVersion).toBeTruthy();
    using console = new ConsoleReader(await instances.console(name));
    if (hypervisor === 'kvm-qemu') await console.answer('\n', /login:|#/, { timeoutMs: bootPatience * 1000 });
  }

  it(
    'begins with guests of the version before it',
    async () => {
      await createRunning(cluster(), mockMachine(cluster(), { name: 'simulated' }));
      const ticking = realMachine(cluster(), { name: 'ticking', cloudInit: tickingGuest, ports: [80] });
      await platform.client.services.create(machineService({ machine: 'ticking', ports: [80] }));
      await createRunning(cluster(), ticking);
      for (const name of ['simulated', 'ticking']) {
        expect(await launcherImage(name)).toBe(image(former));
        const pid = await launcherOf(await runOf(cluster(), name));
        const command = listProcesses().find((entry) => entry.pid === pid)?.command ?? [];
        expect(command.slice(-2)).toEqual(['--api-minor', '1']);
      }
      expect((await kubeVirt()).status).toMatchObject({ observedKubeVirtVersion: former });
      await using reader = new TickReader(await ticksUrl());
      await waitUntil('the guest ticks', () => reader.result.answers > 0, {
        timeoutMs: bootPatience * 1000,
      });
      await outdated(0);
    },
    rolloutMs,
  );

  it(
    `is made by applying the operator of ${present}, and no guest notices`,
    () => update(present, ['simulated', 'ticking'], () => platform.applyOperator(present)),
    2 * rolloutMs,
  );

  it(
    'leaves guests on their old launchers, which can be operated, and counts them',
    async () => {
      await outdated(2);
      const { items } = await platform.client.virtualMachineInstances.list({
        labelSelector: 'kubevirt.io/outdatedLauncherImage',
      });
      expect(items.map(({ metadata }) => metadata.name).sort()).toEqual(['simulated', 'ticking']);
      await canBeOperated('simulated', 'mock');
      await canBeOperated('ticking', 'kvm-qemu');
      for (const name of ['simulated', 'ticking']) expect(await launcherImage(name)).toBe(image(former));
    },
    rolloutMs,
  );

  it('keeps objects that the version before it stored: they may be changed, and are run anew', async () => {
    const { virtualMachines } = platform.client;
    const body = { metadata: { labels: { changed: 'yes' } } };
    for (const name of ['simulated', 'ticking'])
      expect((await virtualMachines.patch(name, { type: 'merge', body })).metadata.labels).toMatchObject(
        body.metadata.labels,
      );
    const before = await runOf(cluster(), 'simulated');
    await virtualMachines.restart('simulated');
    await runsAnew(cluster(), 'simulated', before);
    expect(await launcherImage('simulated')).toBe(image(present));
    await outdated(1);
    const { stdout } = await platform.kubectl([
      'get',
      'crd',
      '-o',
      'jsonpath={range .items[*]}{.metadata.name} {.status.storedVersions}{"\\n"}{end}',
    ]);
    const machines = stdout.split('\n').find((line) => line.startsWith('virtualmachines.kubevirt.io '));
    expect(machines).toBe('virtualmachines.kubevirt.io ["v1"]');
  });

  it('gives new guests the new launcher', async () => {
    const pinned = mockMachine(cluster(), { name: 'pinned' });
    pinned.spec.template.spec!.evictionStrategy = 'LiveMigrate';
    await createRunning(cluster(), pinned);
    expect(await launcherImage('pinned')).toBe(image(present));
  });

  it(
    `skips versions: to ${later} with one command, and no guest notices`,
    async () => {
      const install = ['install', '--tag', later, '--wait', '--kubeconfig', platform.kubeconfig];
      await update(later, ['simulated', 'ticking', 'pinned'], async () => {
        await run([...programCommand('virtkit'), ...install], { timeoutMs: rolloutMs });
        expect((await kubeVirt()).status).toMatchObject({ observedKubeVirtVersion: later });
      });
      await outdated(3);
      expect(await launcherImage('ticking')).toBe(image(former));
      await canBeOperated('ticking', 'kvm-qemu');
    },
    2 * rolloutMs,
  );

  it(
    'evicts outdated guests when that is asked for: those that may go run on the new launcher, others stay',
    async () => {
      const before = { ticking: await runOf(cluster(), 'ticking'), pinned: await runOf(cluster(), 'pinned') };
      const strategy = { workloadUpdateMethods: ['LiveMigrate', 'Evict'], batchEvictionInterval: '20s' };
      await patchKubeVirt({ workloadUpdateStrategy: strategy });
      await waitFor(
        platform.client.virtualMachineInstances,
        'ticking',
        (one) => one?.status?.phase === 'Running' && one.metadata.uid !== before.ticking,
        { timeoutSeconds: moveSeconds },
      );
      await outdated(1);
      for (const name of ['simulated', 'ticking']) expect(await launcherImage(name)).toBe(image(later));
      expect(await runOf(cluster(), 'pinned')).toBe(before.pinned);
      expect(await launcherImage('pinned')).toBe(image(present));
      await waitUntil(
        'it is told why one stays',
        async () => {
          const { items } = await platform.client.events.list();
          return items.some(
            ({ reason, involvedObject }) => reason === 'FailedEvict' && involvedObject.name === 'pinned',
          );
        },
        { timeoutMs: patience * 1000 },
      );
      await patchKubeVirt({ workloadUpdateStrategy: { workloadUpdateMethods: [] } });
    },
    rolloutMs,
  );

  it(
    'is followed by the end: refused while there are machines, unless they are to go too',
    async () => {
      await patchKubeVirt({ uninstallStrategy: 'BlockUninstallIfWorkloadsExist' });
      const deletion = ['--namespace', namespace, 'delete', 'kubevirt', 'kubevirt', '--wait=false'];
      const refused = await platform.kubectl(deletion, { mayFail: true });
      expect(refused).toMatchObject({ exitCode: 1 });
      expect(refused.stderr).toContain('there is still a VirtualMachineInstance');
      expect((await kubeVirt()).metadata.deletionTimestamp).toBeUndefined();
      for (const name of ['simulated', 'ticking']) await remove(cluster(), name);
      expect((await platform.kubectl(deletion, { mayFail: true })).exitCode).toBe(1);

      await patchKubeVirt({ uninstallStrategy: 'RemoveWorkloads' });
      await platform.kubectl(deletion);
      await waitFor(platform.client.kubeVirts, 'kubevirt', (object) => object === undefined, {
        namespace,
        timeoutSeconds: rolloutMs / 1000,
      });
      const { stdout } = await platform.kubectl([
        'get',
        'pods',
        '--namespace',
        platform.namespace,
        '-o',
        'name',
      ]);
      expect(stdout).toBe('');
      const kinds = await platform.kubectl(['get', 'crd', '-o', 'name']);
      expect(kinds.stdout.split('\n').filter((name) => name.includes('kubevirt.io'))).toEqual([
        'customresourcedefinition.apiextensions.k8s.io/kubevirts.kubevirt.io',
      ]);
    },
    rolloutMs,
  );
});
