import { describe, expect, it } from 'vitest';
import { crdCatalogue } from '@virtkit/core-types';
import { parseAllDocuments } from 'yaml';
import { createProgram } from '../src/program.ts';

async function run(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const program = createProgram({
    root: '/nowhere',
    path: '',
    print: (line) => void lines.push(line),
    write: (text) => void lines.push(text),
    warn: (text) => lines.push(text),
    setExitCode: () => undefined,
  });
  await program.parseAsync(['crds', ...args], { from: 'user' });
  return lines.join('\n');
}

describe('virtkit crds', () => {
  it('prints a YAML document for each definition', async () => {
    const documents = parseAllDocuments(await run('--group', 'instancetype.kubevirt.io'));
    expect(documents.map((document) => document.toJS() as unknown)).toEqual(
      crdCatalogue().filter(({ spec }) => spec.group === 'instancetype.kubevirt.io'),
    );
  });

  it('prints all of them as a JSON list', async () => {
    const list = JSON.parse(await run('--json')) as unknown;
    expect(list).toEqual({ apiVersion: 'v1', kind: 'List', items: crdCatalogue() });
  });

  it('prints those of one group', async () => {
    const { items } = JSON.parse(await run('--json', '--group', 'pool.kubevirt.io')) as {
      items: { metadata: { name: string } }[];
    };
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['virtualmachinepools.pool.kubevirt.io']);
  });

  it('names the groups that there are', async () => {
    await expect(run('--group', 'kubevirt')).rejects.toMatchObject({
      code: 'not-found',
      nextStep: expect.stringContaining('pool.kubevirt.io'),
    });
  });
});
