import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const repository = resolve(import.meta.dirname, '../../..');
const workspaces = globSync('{packages,apps}/*/package.json', { cwd: repository })
  .map((path) => join(path, '..'))
  .sort();

/** TypeScript blocks of a README: the file that the first line names, and the code. */
function blocks(folder: string): { file: string | undefined; code: string }[] {
  const readme = readFileSync(join(repository, folder, 'README.md'), 'utf8');
  return [...readme.matchAll(/^```(?:ts|typescript)\n(?:\/\/ (examples\/\S+\.ts)\n)?(.*?)^```$/gms)].map(
    ([, file, code = '']) => ({ file, code }),
  );
}

function examples(folder: string): string[] {
  const path = join(repository, folder, 'examples');
  return existsSync(path)
    ? readdirSync(path)
        .filter((name) => name.endsWith('.ts'))
        .map((name) => `examples/${name}`)
    : [];
}

/** Flags of the program's own command lines in fenced blocks, continued lines included. */
function shownFlags(folder: string, program: string): string[] {
  const readme = readFileSync(join(repository, folder, 'README.md'), 'utf8');
  const fenced = [...readme.matchAll(/^```(?:sh|console)?\n(.*?)^```$/gms)].map(([, text = '']) => text);
  return fenced
    .flatMap((text) => text.replaceAll(/\\\n\s*/g, ' ').split('\n'))
    .filter((line) => new RegExp(`^(?:\\$ )?${program} `).test(line))
    .flatMap((line) => [...line.matchAll(/ --([a-z][a-z-]*)/g)].map(([, flag = '']) => flag));
}

const sources = (folder: string): string =>
  globSync('src/**/*.ts', { cwd: join(repository, folder) })
    .map((path) => readFileSync(join(repository, folder, path), 'utf8'))
    .join('\n');

describe.each(workspaces.filter((folder) => folder.startsWith('apps/')))('the README of %s', (folder) => {
  it('shows flags that the program has', () => {
    const program = basename(folder);
    // In the shape of util.parseArgs (`name: {`, `'long-name': {`) or of commander (`--name`).
    const known = sources(folder) + sources('packages/program');
    for (const flag of shownFlags(folder, program))
      expect(known, `--${flag}`).toMatch(new RegExp(`(?:^|[\\s'{])(?:--${flag}[\\s'=]|'?${flag}'?: \\{)`));
  });
});

describe.each(workspaces)('the README of %s', (folder) => {
  it('exists', () => {
    expect(existsSync(join(repository, folder, 'README.md'))).toBe(true);
  });

  it('shows TypeScript only as it stands in examples, which are type-checked', () => {
    for (const { file, code } of blocks(folder)) {
      expect(file, `the block that begins with ${code.slice(0, 60)} names no file`).toBeDefined();
      expect(code).toBe(readFileSync(join(repository, folder, file!), 'utf8'));
    }
  });

  it('shows every example', () => {
    expect(blocks(folder).map(({ file }) => file)).toEqual(expect.arrayContaining(examples(folder)));
  });
});

// Programs are shown by their command lines.
describe.each(workspaces.filter((folder) => folder.startsWith('packages/')))('the README of %s', (folder) => {
  it('has an example', () => {
    expect(blocks(folder).length).toBeGreaterThan(0);
  });
});
