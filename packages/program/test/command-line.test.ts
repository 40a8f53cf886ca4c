import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PortSchema, readCommandLine, TextSchema } from '../src/index.ts';

const rules = {
  options: {
    name: { type: 'string' },
    port: { type: 'string', default: '8443' },
    listen: { type: 'string', multiple: true },
    'leader-elect': { type: 'boolean', default: true },
    ignored: { type: 'boolean' },
  },
  schema: z.object({
    name: TextSchema,
    port: PortSchema,
    listen: z.array(TextSchema).optional(),
    'leader-elect': z.boolean(),
  }),
} as const;
const read = (...args: string[]) => readCommandLine(args, rules);

describe('readCommandLine', () => {
  it('tells settings and connection apart', () => {
    expect(read('--name', 'web', '--kubeconfig', 'file', '--ignored')).toEqual({
      kind: 'run',
      connection: { kubeconfig: 'file' },
      flags: { name: 'web', port: 8443, 'leader-elect': true, v: 2, supervised: false },
    });
  });

  it.each([
    [['-v', '4'], { v: 4 }],
    [['--v', '4'], { v: 4 }],
    [['--v=4'], { v: 4 }],
    [['--supervised'], { supervised: true }],
    [['--no-leader-elect'], { 'leader-elect': false }],
    [['--listen', 'a', '--listen', 'b'], { listen: ['a', 'b'] }],
  ])('%j', (args, flags) => {
    expect(read('--name', 'web', ...args)).toMatchObject({ kind: 'run', flags });
  });

  it.each([
    ['an unknown flag', ['--unknown'], /^Unknown option '--unknown'/],
    ['a positional argument', ['word'], /^Unexpected argument 'word'/],
    ['a missing value', ['--port'], /^Option '--port <value>' argument missing/],
    ['a value too many', ['--leader-elect=yes'], /^Option '--leader-elect' does not take an argument/],
    ['the negative of a flag with a value', ['--no-port'], /^Unknown option '--no-port'/],
    ['a bad port', ['--port', '65536'], /^--port must be a whole number from 0 to 65535$/],
    ['a bad verbosity', ['-v', 'much'], /^--v must be a whole number from 0 to 100$/],
    ['a bad value of several', ['--listen', 'a', '--listen', ''], /^--listen must not be empty$/],
  ])('refuses %s', (_what, args, problem) => {
    expect(read('--name', 'web', ...args)).toEqual({
      kind: 'wrong',
      problem: expect.stringMatching(problem) as string,
    });
  });

  it('tells everything that is wrong', () => {
    expect(read('--port', 'x', '-v', '')).toEqual({
      kind: 'wrong',
      problem: [
        '--name is missing',
        '--port must be a whole number from 0 to 65535',
        '--v must be a whole number from 0 to 100',
      ].join('\n'),
    });
  });

  it('gives help even where flags are missing', () => expect(read('--help')).toEqual({ kind: 'help' }));
});

describe('startProgram', () => {
  it.each([
    ['runs', ['--name', 'web'], { status: 0, stdout: /^\{.*"name":"web".*\}$/, stderr: /^$/ }],
    ['helps', ['--help'], { status: 0, stdout: /^usage: started --name NAME\n$/, stderr: /^$/ }],
    [
      'tells what is wrong',
      [],
      { status: 2, stdout: /^$/, stderr: /^--name is missing\n\nusage: started --name NAME\n$/ },
    ],
  ])('%s', (_what, args, { status, stdout, stderr }) => {
    const program = join(import.meta.dirname, 'programs/started.ts');
    const ended = spawnSync(process.execPath, ['--conditions=@virtkit/source', program, ...args], {
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({
      status,
      stdout: expect.stringMatching(stdout) as string,
      stderr: expect.stringMatching(stderr) as string,
    });
  });
});
