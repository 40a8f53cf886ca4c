import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultManifestLimits, readManifests, type ManifestProblem } from '../../src/manifest/index.ts';

const objects = (text: string) =>
  readManifests(text).map((read) => (read.kind === 'object' ? read.value : read.code));
const problem = (text: string, limits = defaultManifestLimits): ManifestProblem | undefined =>
  readManifests(text, limits).find((read) => read.kind === 'problem');

describe('documents', () => {
  test('many, with comments and empty ones between them', () => {
    const text = '# first\n---\nkind: A\n---\n---\n# nothing\n---\nkind: B\n';
    expect(readManifests(text)).toMatchObject([
      { kind: 'object', line: 3, value: { kind: 'A' } },
      { kind: 'object', line: 8, value: { kind: 'B' } },
    ]);
  });

  test.each([[''], ['\n'], ['# only a comment\n'], ['---\n']])('%j has none', (text) => {
    expect(readManifests(text)).toEqual([]);
  });

  test('JSON', () => {
    expect(objects('{"kind": "A",\n\t"n": [1, 2.5, null, true, "x\\u00e9"]}')).toEqual([
      { kind: 'A', n: [1, 2.5, null, true, 'xé'] },
    ]);
  });

  test('a List is opened; an item that is no object is named', () => {
    expect(objects('apiVersion: v1\nkind: List\nitems: [{kind: A}, 7, {kind: B}]')).toEqual([
      { kind: 'A' },
      'not-an-object',
      { kind: 'B' },
    ]);
  });

  test('one that cannot be read does not hide the others', () => {
    expect(objects('kind: A\n---\nkind: [\n---\nkind: C\n')).toEqual([
      { kind: 'A' },
      'syntax',
      { kind: 'C' },
    ]);
    expect(problem('a: 1\nb: {\n')).toMatchObject({ code: 'syntax', line: 3 });
  });

  test.each([['text'], ['- a\n- b'], ['7']])('%j is no object', (text) => {
    expect(problem(text)).toMatchObject({ code: 'not-an-object' });
  });

  test('a key that stands twice is a mistake', () => {
    expect(problem('kind: A\nspec:\n  cores: 1\n  cores: 2\n')).toMatchObject({ code: 'syntax', line: 4 });
  });
});

describe('scalars are those that Kubernetes reads', () => {
  test.each<[text: string, value: unknown]>([
    ['0644', 420],
    ['1_000', 1000],
    ['0x10', 16],
    ['yes', true],
    ['off', false],
    ['~', null],
    ['1e3', 1000],
    ['02:00:00:00:00:01', '02:00:00:00:00:01'],
    ['12:30:00', '12:30:00'],
    ['2026-11-21', '2026-11-21'],
    ['1Gi', '1Gi'],
    ['"0644"', '0644'],
  ])('%s', (text, value) => {
    expect(objects(`value: ${text}`)).toEqual([{ value }]);
  });

  test('anchors and merged maps', () => {
    expect(objects('base: &base {a: 1, b: 2}\nother: {<<: *base, b: 3}')).toEqual([
      { base: { a: 1, b: 2 }, other: { a: 1, b: 3 } },
    ]);
  });

  test('a member called __proto__ is an ordinary member', () => {
    const [read] = readManifests('__proto__: {admin: true}');
    expect(read?.kind === 'object' && Object.keys(read.value)).toEqual(['__proto__']);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});

describe('what is not read', () => {
  const bomb = Array.from({ length: 12 }, (_, level) => {
    const inner = level === 0 ? 'x' : `*n${level - 1}`;
    return `n${level}: &n${level} [${Array.from({ length: 9 }, () => inner).join(', ')}]`;
  }).join('\n');

  test('aliases of aliases that stand for billions of nodes', () => {
    expect(problem(bomb)).toMatchObject({ code: 'too-many-aliases', line: 1 });
  });

  test.each([100, 1000, 20_000, 200_000])('%i levels of lists', (levels) => {
    expect(problem(`a: ${'['.repeat(levels)}${']'.repeat(levels)}`)).toMatchObject({ code: 'too-deep' });
    expect(problem(`a:\n  ${'- '.repeat(levels)}x`)).toMatchObject({ code: 'too-deep' });
  });

  test('as deep as allowed is read', () => {
    const levels = defaultManifestLimits.depth - 1;
    expect(problem(`a: ${'['.repeat(levels)}${']'.repeat(levels)}`)).toBeUndefined();
  });

  test('a document, or a text, that is too large', () => {
    const limits = { ...defaultManifestLimits, document: 100, text: 1000 };
    const large = `a: ${'x'.repeat(200)}\n`;
    expect(readManifests(`kind: A\n---\n${large}`, limits)).toMatchObject([
      { kind: 'object' },
      { code: 'too-large', line: 3 },
    ]);
    expect(readManifests('a: 1\n---\n'.repeat(200), limits)).toMatchObject([{ code: 'too-large' }]);
  });

  test('any text is read or refused, and never throws', () => {
    const noise = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom(
            'a',
            ': ',
            '- ',
            '\n',
            '  ',
            '{',
            '}',
            '[',
            ']',
            '&a',
            '*a',
            '"',
            "'",
            '|',
            '>',
            '---\n',
            '!!',
            '%',
            '?',
            '#',
            '\t',
            '<<: ',
          ),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(noise, (text) => {
        for (const read of readManifests(text)) expect(read.line).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});
