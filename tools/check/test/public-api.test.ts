import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkEntryPoints } from '../public-api/check.ts';

const repository = resolve(import.meta.dirname, '../../..');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'public-api-'));
  const options = { extends: join(repository, 'tsconfig.base.json'), compilerOptions: { types: [] } };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is found in a library that consists of this one file. */
async function problems(source: string): Promise<string[]> {
  const path = join(folder, 'index.ts');
  await writeFile(path, source);
  const { findings } = checkEntryPoints(folder, [{ specifier: 'library', source: path }]);
  return findings.map((finding) => `${finding.line} ${finding.path}: ${finding.problem}`);
}

describe('docstrings of public exports', () => {
  it.each([
    ['function', 'export function f(): void {}', '1 library: f: no docstring'],
    ['value', 'export const limit = 3;', '1 library: limit: no docstring'],
    ['type', 'export type Id = string;', '1 library: Id: no docstring'],
    ['only a tag', '/** @throws Error */\nexport function f(): void {}', '2 library: f: no docstring'],
    ['method', '/** A. */\nexport class A {\n  b(): void {}\n}', '3 library: A.b: no docstring'],
    [
      'function member',
      '/** A. */\nexport interface A {\n  b?: () => void;\n}',
      '3 library: A.b: no docstring',
    ],
    [
      'list of values',
      "export const all = ['a'] as const;\nexport type One = (typeof all)[number];",
      '2 library: One: no docstring',
    ],
  ])('are missed on a %s', async (_what, source, finding) => {
    expect(await problems(source)).toContain(finding);
  });

  it.each([
    ['what is not exported', 'function f(): void {}\n/** G. */\nexport const g = f;'],
    [
      'plain and private members',
      '/** A. */\nexport class A {\n  id = 1;\n  #b(): void {}\n  private c(): void {}\n}',
    ],
    [
      'a method that an interface documents',
      '/** I. */\nexport interface I {\n  /** M. */\n  m(): void;\n}\n/** A. */\nexport class A implements I {\n  m(): void {}\n}',
    ],
    [
      'types made from documented values',
      "/** All. */\nexport const all = ['a'] as const;\nexport type One = (typeof all)[number];",
    ],
    [
      'values made with a description',
      "const object = (description: string): string => description;\n/** D. */\nexport const d = 1;\nexport const e = object('E.');",
    ],
  ])('are not asked of %s', async (_what, source) => {
    expect(await problems(source)).toEqual([]);
  });
});

describe('`any` in public types', () => {
  it.each([
    ['written', '/** F. */\nexport function f(a: any): void {}', '2 library: f: `any` at (a)'],
    [
      'inferred',
      '/** F. */\nexport function f() {\n  return JSON.parse("1");\n}',
      '2 library: f: `any` at ()',
    ],
    ['inside', '/** F. */\nexport const f = { a: [JSON.parse("1")] };', '2 library: f: `any` at .a<>'],
    [
      'behind what is not exported',
      'interface B {\n  c: any;\n}\n/** A. */\nexport interface A {\n  b: B;\n}',
      '5 library: A: `any` at .b.c',
    ],
    ['of a dependency', '/** F. */\nexport const f = new Map<string, any>();', '2 library: f: `any` at <>'],
  ])('is found when %s', async (_how, source, finding) => {
    expect(await problems(source)).toContain(finding);
  });

  it.each([
    ['what a dependency fills in', '/** F. */\nexport async function* f(): AsyncIterable<string> {}'],
    ['what stays private', '/** A. */\nexport class A {\n  #b: any;\n  private c: any;\n}'],
    ['unknown', '/** F. */\nexport function f(a: unknown): unknown {\n  return a;\n}'],
  ])('is not seen in %s', async (_what, source) => {
    expect(await problems(source)).toEqual([]);
  });
});

describe('errors of public functions', () => {
  it.each([
    [
      'function',
      '/** F. */\nexport function f(): void {\n  if (Date.now()) throw new RangeError();\n}',
      '2 library: f: throws RangeError without @throws',
    ],
    [
      'method',
      '/** A. */\nexport class A {\n  /** M. */\n  m(): void {\n    throw new Error();\n  }\n}',
      '4 library: A.m: throws Error without @throws',
    ],
  ])('are missed on a %s', async (_what, source, finding) => {
    expect(await problems(source)).toContain(finding);
  });

  it.each([
    [
      'in a tag',
      '/**\n * F.\n * @throws RangeError on Mondays\n */\nexport function f(): void {\n  throw new RangeError();\n}',
    ],
    ['in a line', '/** F. @throws RangeError */\nexport function f(): void {\n  throw new RangeError();\n}'],
    [
      'by a function of its own',
      '/** F. */\nexport function f(): () => void {\n  return () => {\n    throw new RangeError();\n  };\n}',
    ],
  ])('are known when said %s', async (_how, source) => {
    expect(await problems(source)).toEqual([]);
  });
});
