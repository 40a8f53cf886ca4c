import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '@virtkit/testing';
import { VirtkitError } from '../src/errors.ts';
import { isAlive } from '../src/supervisor/process-identity.ts';
import { readLiveRecord } from '../src/supervisor/record.ts';
import { Supervisor } from '../src/supervisor/supervisor.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtkit-supervisor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const recordPath = (): string => join(folder, 'supervisor.json');

/** A supervisor of one program that is a line of JavaScript. */
function supervise(script: string, ready?: (signal: AbortSignal) => Promise<void>) {
  const reports: string[] = [];
  const supervisor = new Supervisor({
    recordPath: recordPath(),
    server: 'https://127.0.0.1:1',
    programs: [
      {
        name: 'one',
        command: [process.execPath, '-e', script],
        logFile: join(folder, 'one.log'),
        ...(ready === undefined ? {} : { ready }),
      },
    ],
    report: (message) => reports.push(message),
  });
  return { supervisor, reports };
}

const patience = AbortSignal.timeout(60_000);
const idle = 'setInterval(() => {}, 1000)';
const runningPid = async (): Promise<number | undefined> =>
  (await readLiveRecord(recordPath()))?.programs[0]?.pid;

describe('the supervisor', () => {
  it('starts a program again that was killed, and writes down what runs', async () => {
    const { supervisor, reports } = supervise(idle);
    await using _stop = supervisor;
    await supervisor.start(patience);
    const first = await waitUntil('the program is on record', runningPid);
    process.kill(first, 'SIGKILL');
    const second = await waitUntil('another program is on record', async () => {
      const pid = await runningPid();
      return pid !== undefined && pid !== first && pid;
    });
    expect(second).not.toBe(first);
    expect(reports).toEqual(['one ended (SIGKILL), starting it again']);
    expect((await readLiveRecord(recordPath()))?.programs[0]?.restarts).toBe(1);
  });

  it('leaves no program and no record behind', async () => {
    const { supervisor } = supervise(idle);
    await supervisor.start(patience);
    const pid = await waitUntil('the program is on record', runningPid);
    await supervisor[Symbol.asyncDispose]();
    expect(() => process.kill(pid, 0)).toThrow(expect.objectContaining({ code: 'ESRCH' }));
    expect(await readLiveRecord(recordPath())).toBeUndefined();
  });

  it('gives up on a program that cannot start, with the last line that it wrote', async () => {
    const never = (signal: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    const { supervisor } = supervise("console.log('no disk in the drive'); process.exit(3)", never);
    await using _stop = supervisor;
    const failure = await supervisor.start(patience).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(VirtkitError);
    expect(failure).toMatchObject({ code: 'program-failed', nextStep: `read ${join(folder, 'one.log')}` });
    expect((failure as Error).message).toContain('no disk in the drive');
  });

  it('keeps what a program writes', async () => {
    const { supervisor } = supervise("console.log('hello'); " + idle);
    await using _stop = supervisor;
    await supervisor.start(patience);
    await waitUntil('the log has the line', () =>
      readFileSync(join(folder, 'one.log'), 'utf8').includes('hello'),
    );
  });
});

describe('a record on disk', () => {
  it('of a process that is gone counts for nothing, also when its number was given away', async () => {
    expect(await isAlive({ pid: process.pid, startTime: '1' })).toBe(false);
    expect(await readLiveRecord(recordPath())).toBeUndefined();
  });
});
