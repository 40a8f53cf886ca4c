import { describe, expect, it } from 'vitest';
import { runProgram } from './run-program.ts';

describe('a process of its own', () => {
  it.each(['', 'close'])('may exit with calls in flight (%s)', async (mode) => {
    for (let i = 0; i < 5; i++) {
      expect(await runProgram('hard-exit.ts', [mode])).toEqual({
        code: 7,
        signal: null,
        stdout: '',
        stderr: '',
      });
    }
  });

  it('may die of an exception with calls in flight', async () => {
    const { code, signal, stderr } = await runProgram('hard-exit.ts', ['throw']);
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    expect(stderr).toContain('on purpose');
  });

  it('ends by itself with a connection and a subscription open, and libvirt prints nothing', async () => {
    const { code, stdout, stderr } = await runProgram('idle-exit.ts');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ connections: 1, subscriptions: 1, domains: 1, calls: 0 });
  });

  it('may use libvirt from many threads and terminate them', async () => {
    for (let i = 0; i < 3; i++) {
      const { code, signal, stdout, stderr } = await runProgram('workers.ts');
      expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
      expect(stdout).toBe('test\n{"connections":0,"domains":0,"subscriptions":0}\n');
    }
  });

  it('may lose and close connections while they are used', async () => {
    expect(await runProgram('lifetimes.ts')).toEqual({
      code: 0,
      signal: null,
      stdout: '{"connections":0,"domains":0,"subscriptions":0,"calls":0}\n',
      stderr: '',
    });
  });

  it('says what to install without libvirt', async () => {
    const { code, stdout, stderr } = await runProgram('missing-library.ts');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^library-missing on-change .*install libvirt0/);
    expect(lines[1]).toBe(lines[0]);
    expect(lines[2]).toBe('true');
  });
});
