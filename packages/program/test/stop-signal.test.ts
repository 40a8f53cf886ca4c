import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { waitUntil } from '@virtkit/testing';
import { afterEach, describe, expect, it } from 'vitest';

let child: ChildProcess | undefined;
let output = '';

/** Starts the program with a standard input that stays open, as a supervisor does. */
function supervised(work: string, input: 'pipe' | 'ignore' = 'pipe'): ChildProcess {
  output = '';
  child = spawn(
    process.execPath,
    ['--conditions=@virtkit/source', join(import.meta.dirname, 'programs/supervised.ts'), work],
    { stdio: [input, 'pipe', 'inherit'] },
  );
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  return child;
}

afterEach(() => {
  child?.kill('SIGKILL');
});

describe('a supervised program', () => {
  it.each([
    ['fails', 7],
    ['is-over', 0],
  ])('ends by itself when its work %s, although its supervisor lives', async (work, code) => {
    expect(await once(supervised(work), 'exit')).toEqual([code, null]);
  });

  it('is told to stop when its supervisor is gone', async () => {
    const program = supervised('goes-on');
    await waitUntil('it works', () => output.includes('working'));
    const exit = once(program, 'exit');
    program.stdin?.end();
    expect(await exit).toEqual([0, null]);
    expect(output).toBe('working;the supervisor is gone');
  });

  it('is told to stop when there is no supervisor at all', async () => {
    expect(await once(supervised('goes-on', 'ignore'), 'exit')).toEqual([0, null]);
    expect(output).toBe('working;the supervisor is gone');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops on %s', async (name) => {
    const program = supervised('goes-on');
    await waitUntil('it works', () => output.includes('working'));
    const exit = once(program, 'exit');
    program.kill(name);
    expect(await exit).toEqual([0, null]);
    expect(output).toBe(`working;${name}`);
  });
});
