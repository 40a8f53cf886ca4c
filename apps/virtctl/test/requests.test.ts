import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ApiServerError, sendJson } from '@virtkit/apiserver';
import { instance, machine, notFound, obedient, png, startCluster, type Cluster } from './support/cluster.ts';
import { runInProcess } from './support/in-process.ts';
import { virtctl } from './support/virtctl.ts';

describe('requests', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.client.virtualMachines.create(machine('halted', 'Halted'));
    await cluster.client.virtualMachines.create(machine('a', 'Always'));
    await cluster.client.virtualMachineInstances.create(instance('a'));
  });
  beforeEach(() => {
    cluster.seen.length = 0;
    cluster.onAction = obedient;
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  const call = (...args: string[]) => runInProcess(args, { kubeconfig: cluster.kubeconfig });

  it.each<[string[], object, string]>([
    [['start', 'a'], { action: 'start', body: { paused: false } }, 'VM a was scheduled to start\n'],
    [
      ['start', 'a', '--paused', '-n', 'shop'],
      { action: 'start', namespace: 'shop', body: { paused: true } },
      'VM a was scheduled to start\n',
    ],
    [
      ['-n=shop', 'start', 'a', '--dry-run'],
      { namespace: 'shop', body: { paused: false, dryRun: ['All'] } },
      'Dry Run execution\nVM a was scheduled to start\n',
    ],
    [['stop', 'a'], { action: 'stop', body: {} }, 'VM a was scheduled to stop\n'],
    [
      ['stop', 'a', '--force', '--grace-period', '0'],
      { action: 'stop', body: { gracePeriod: 0 } },
      'VM a was scheduled to stop\n',
    ],
    [
      ['restart', 'a', '--force=true', '--grace-period=3'],
      { action: 'restart', body: { gracePeriodSeconds: 3 } },
      'VM a was scheduled to restart\n',
    ],
    [
      ['pause', 'vm', 'a'],
      { resource: 'virtualmachineinstances', action: 'pause' },
      'VMI a was scheduled to pause\n',
    ],
    [
      ['pause', 'VMI', 'a', '--dry-run=false'],
      { action: 'pause', body: {} },
      'VMI a was scheduled to pause\n',
    ],
    [['unpause', 'virtualmachine', 'a'], { action: 'unpause' }, 'VMI a was scheduled to unpause\n'],
    [['soft-reboot', 'a'], { action: 'softreboot' }, 'VMI a was scheduled to soft-reboot\n'],
    [['reset', 'a'], { action: 'reset' }, 'VMI a was scheduled to reset\n'],
    [
      ['guestosinfo', 'a'],
      { action: 'guestosinfo' },
      '{\n  "hostname": "guest",\n  "os": {\n    "id": "debian"\n  }\n}\n',
    ],
    [['userlist', 'a'], { action: 'userlist' }, expect.stringContaining('"userName": "root"')],
    [['fslist', 'a'], { action: 'filesystemlist' }, expect.stringContaining('"mountPoint": "/"')],
    [['version'], { action: 'version' }, expect.stringMatching(/\nServer Version: .*GitVersion:"v0\.1\.7"/)],
  ])('%j', async (args, request, stdout) => {
    expect(await call(...args)).toEqual({ code: 0, stdout, stderr: '' });
    expect(cluster.seen).toMatchObject([request]);
  });

  it.each<[string[], RegExp]>([
    [['start', 'b'], /^Error starting VirtualMachine .*"x" not found\nNext step: list what there is/],
    [['stop', 'b'], /^error stopping VirtualMachine: .*not found/],
    [['restart', 'b', '--force', '--grace-period=0'], /^error force restarting VirtualMachine: .*not found/],
    [['pause', 'vm', 'b'], /^Error getting VirtualMachine b: .*"b" not found/],
    [
      ['pause', 'vm', 'halted'],
      /^Error pausing VirtualMachineInstance halted. VirtualMachine halted is not set to run/,
    ],
    [['unpause', 'vm', 'a'], /^Error unpausing VirtualMachineInstance a. it was not found/],
    [['pause', 'vmi', 'b'], /^Error pausing VirtualMachineInstance b. b: .*not found/],
    [['reset', 'b'], /^Error reseting VirtualMachineInstance b: .*not found/],
    [['guestosinfo', 'b'], /^Error getting guestosinfo of VirtualMachineInstance b: /],
    [['vnc', 'screenshot', 'b', '-f', '-'], /^can't take a screenshot of VMI b: .*not found/],
    [['vnc', 'b', '--proxy-only'], /^can't access VMI b: .*"b" not found/],
  ])('reports that %j found nothing', async (args, message) => {
    cluster.onAction = (seen, response) =>
      seen.action === 'version' ? obedient(seen, response) : notFound('x');
    const { code, stdout, stderr } = await call(...args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('compares versions before an error', async () => {
    cluster.onAction = (seen, response) => {
      if (seen.action !== 'version') throw new ApiServerError('Conflict', 'VM is already running');
      sendJson(response, 200, { gitVersion: 'v1.9.0' });
    };
    const { code, stderr } = await call('start', 'a');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^virtctl v\S+ and the server, v1\.9\.0, are not of the same release\.\nError starting/,
    );
  });

  it('takes a screenshot into a file', async () => {
    const file = join(cluster.folder, 'a.png');
    expect(await call('vnc', 'screenshot', 'a', '-f', file, '--move-cursor')).toMatchObject({ code: 0 });
    expect(await readFile(file)).toEqual(png);
    expect((await stat(file)).mode & 0o133).toBe(0);
    expect(cluster.seen).toMatchObject([{ action: 'vnc/screenshot', query: '?moveCursor=true' }]);
    const refused = await call('vnc', 'screenshot', 'a', '-f', join(cluster.folder, 'missing', 'a.png'));
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot write') });
  });

  it('writes a screenshot to standard output as it is', async () => {
    const { code, stdout } = await virtctl(['vnc', 'screenshot', 'a', '-f', '-'], cluster);
    expect(code).toBe(0);
    expect(Buffer.from(stdout, 'latin1')).toEqual(png);
  });

  it('uses the one file of $KUBECONFIG that exists and refuses to merge', async () => {
    const missing = join(cluster.folder, 'missing');
    const one = await runInProcess(['reset', 'a'], { kubeconfig: `${missing}:${cluster.kubeconfig}` });
    expect(one).toMatchObject({ code: 0 });
    const two = await runInProcess(['reset', 'a'], {
      kubeconfig: `${cluster.kubeconfig}:${cluster.kubeconfig}`,
    });
    expect(two).toMatchObject({ code: 1, stderr: expect.stringContaining('names several files') });
  });

  it('is refused with a wrong token, and prefers flags to the kubeconfig', async () => {
    const { code, stderr } = await call('reset', 'a', '--token', 'wrong');
    expect(code).toBe(1);
    expect(stderr).toMatch(/Next step: renew the credentials/);
  });

  it('does not trust a certificate of an unknown authority unless told so', async () => {
    const text = await readFile(cluster.kubeconfig, 'utf8');
    const file = join(cluster.folder, 'without-authority');
    await writeFile(file, text.replace(/^.*certificate-authority-data.*$/m, ''));
    const refused = await runInProcess(['reset', 'a', '--kubeconfig', file]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('--certificate-authority') });
    const trusted = await runInProcess(['reset', 'a', '--kubeconfig', file, '--insecure-skip-tls-verify']);
    expect(trusted).toMatchObject({ code: 0 });
  });
});
