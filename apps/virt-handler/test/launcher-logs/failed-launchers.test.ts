import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Pod, PodStatus } from '@virtkit/core-types';
import { systemClock, type EventRecorder, type Logger } from '@virtkit/controllers/runtime';
import { waitUntil } from '@virtkit/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FailedLaunchers } from '../../src/launcher-logs/failed-launchers.ts';
import { defaultBounds, KeptLogs } from '../../src/launcher-logs/kept-logs.ts';
import { kubeletPodLogs } from '../../src/launcher-logs/pod-logs.ts';

const instance = { namespace: 'default', name: 'a' };
let root: string;
let kept: KeptLogs;
let launchers: FailedLaunchers;
let events: string[];
let warnings: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vh-failed-'));
  events = [];
  warnings = [];
  kept = new KeptLogs(join(root, 'kept'), { bounds: { ...defaultBounds, bytes: 1024 }, clock: systemClock });
  launchers = start();
});
afterEach(async () => {
  await launchers[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
  expect(warnings).toEqual([]);
});

function start(): FailedLaunchers {
  const ignore = (): void => undefined;
  const warn = (message: string, fields: object = {}) =>
    void warnings.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { debug: ignore, info: ignore, warn, error: warn };
  const recorder: EventRecorder = {
    record: (object, _type, { reason, message }) =>
      void events.push(`${object.metadata.name}: ${reason}: ${message}`),
    flush: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const logs = kubeletPodLogs(join(root, 'pods'));
  return new FailedLaunchers({ nodeName: 'node-1', logs, kept, recorder, clock: systemClock, logger });
}

const running: PodStatus = { phase: 'Running' };
const ended = (exitCode: number): PodStatus => ({
  phase: exitCode === 0 ? 'Succeeded' : 'Failed',
  containerStatuses: [
    {
      name: 'compute',
      image: '',
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { terminated: { exitCode, reason: 'Error', finishedAt: '2026-11-21T18:00:00Z' } },
    },
  ],
});

const podOf = (uid: string, status: PodStatus): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    ...{ name: `virt-launcher-${uid}`, namespace: 'default', uid },
    ownerReferences: [
      { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: 'a', uid: 'u', controller: true },
    ],
  },
  spec: { containers: [{ name: 'compute' }] },
  status,
});

const logFile = (uid: string): string =>
  join(root, 'pods', `default_virt-launcher-${uid}_${uid}`, 'compute', '0.log');

async function write(uid: string, text: string): Promise<void> {
  await mkdir(dirname(logFile(uid)), { recursive: true });
  await writeFile(logFile(uid), `2026-11-21T18:00:00Z stderr F ${text}\n`, { flag: 'a' });
}

/** The kubelet removes a Pod's logs. */
const removeLogs = (uid: string): Promise<void> => rm(dirname(dirname(logFile(uid))), { recursive: true });

const seen = (uid: string, status: PodStatus): void => {
  const object = podOf(uid, status);
  launchers.podChanged({ kind: 'added', key: `default/${object.metadata.name}`, object });
};
const gone = (uid: string, status: PodStatus): void => {
  const object = podOf(uid, status);
  launchers.podChanged({ kind: 'deleted', key: `default/${object.metadata.name}`, object });
};

const text = (uid: string) =>
  waitUntil(`the log of ${uid}`, async () => (await kept.read(instance, uid))?.text, { timeoutMs: 10_000 });

describe('a launcher that fails', () => {
  it('leaves its log, and an event that says where', async () => {
    await write('p1', 'it went wrong');
    seen('p1', ended(137));
    expect(await text('p1')).toBe('it went wrong\n');
    const [one] = await kept.list(instance);
    expect(one).toEqual({
      ...{ ...instance, uid: 'u', pod: 'virt-launcher-p1', podUID: 'p1', node: 'node-1' },
      ...{ exitCode: 137, reason: 'Error', failedAt: '2026-11-21T18:00:00Z' },
    });
    await waitUntil('the event', () => events.length > 0);
    expect(events).toEqual([
      `a: LauncherLogKept: The log of the failed launcher in pod virt-launcher-p1 is kept on node node-1 as ${join(root, 'kept', 'default', 'a', 'p1.log')}; \`virtkit logs a --previous\` shows it.`,
    ]);
  });

  it('leaves its log although the kubelet has removed it before anybody looked', async () => {
    await write('p1', 'begin');
    seen('p1', running);
    // It is open once this has been kept.
    launchers.instanceFailed('p1', 'the launcher ended unexpectedly');
    await text('p1');
    await write('p1', 'end');
    await removeLogs('p1');
    gone('p1', ended(1));
    await launchers[Symbol.asyncDispose]();
    expect((await kept.read(instance, 'p1'))?.text).toBe('begin\nend\n');
    expect((await kept.list(instance))[0]).toMatchObject({
      exitCode: 1,
      message: 'the launcher ended unexpectedly',
    });
    expect(events).toHaveLength(1);
  });

  it('leaves the end of its log across a rotation, within the bound', async () => {
    await write('p1', 'x'.repeat(2000));
    await write('p1', 'before the rotation');
    seen('p1', running);
    launchers.instanceFailed('p1', 'lost');
    await text('p1');
    await rename(logFile('p1'), `${logFile('p1')}.20261121-180000`);
    await write('p1', 'after it');
    seen('p1', ended(1));
    await launchers[Symbol.asyncDispose]();
    expect((await kept.read(instance, 'p1'))?.text).toBe('before the rotation\nafter it\n');
  });

  it('leaves its log when this program was not there, and tells it once', async () => {
    await write('p1', 'it went wrong');
    seen('p1', ended(1));
    await text('p1');
    await launchers[Symbol.asyncDispose]();
    launchers = start();
    seen('p1', ended(1));
    await launchers[Symbol.asyncDispose]();
    expect(events).toHaveLength(1);
  });
});

describe('nothing is kept', () => {
  it('of launchers that end as they should, of Pods that were never started, and of other Pods', async () => {
    await write('p1', 'all is well');
    seen('p1', running);
    seen('p1', ended(0));
    gone('p1', ended(0));
    seen('p2', { phase: 'Failed', reason: 'Evicted' });
    gone('p2', { phase: 'Failed', reason: 'Evicted' });
    await write('p3', 'of somebody else');
    const { metadata, ...other } = podOf('p3', ended(1));
    const object = { ...other, metadata: { ...metadata, ownerReferences: [] } };
    launchers.podChanged({ kind: 'added', key: 'default/x', object });
    launchers.instanceFailed('unknown', 'lost');
    await launchers[Symbol.asyncDispose]();
    expect(await kept.list(instance)).toEqual([]);
    expect(events).toEqual([]);
  });

  it('through a link, which is told in the logs', async () => {
    await mkdir(dirname(dirname(logFile('p1'))), { recursive: true });
    await symlink('/etc', dirname(logFile('p1')));
    seen('p1', ended(1));
    await launchers[Symbol.asyncDispose]();
    expect(await kept.list(instance)).toEqual([]);
    expect(warnings.splice(0).join('\n')).toContain('is not a plain folder');
  });
});
