import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { validateManifests } from '../src/commands/validate.ts';
import { createProgram } from '../src/program.ts';
import { isClean, reportText } from '../src/validate/verdict.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virtkit-validate-'));
});
afterEach(() => rm(folder, { recursive: true }));

const machine = (name: string, change = '', spec = '') => `apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: { name: ${name} }
spec:
  runStrategy: Always
${change}  template:
    spec:
${spec}      domain:
        devices: {}
`;

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const results = async (path: string, options = {}) =>
  (await validateManifests([path], options)).documents.map(({ name, result }) => [name, result]);

describe('documents', () => {
  test('are allowed with defaults and warnings, refused with causes, or unreadable, each by itself', async () => {
    const path = await file(
      'all.yaml',
      [machine('fine'), machine('wrong', '', '      hostname: Not.A.Label\n'), 'kind: [\n', '- a\n'].join(
        '---\n',
      ),
    );
    const { documents, summary } = await validateManifests([path], {});
    expect(summary).toEqual({ allowed: 1, refused: 1, unreadable: 2, 'not-judged': 0 });
    expect(documents[0]).toMatchObject({
      source: path,
      line: 1,
      object: {
        spec: { template: { spec: { architecture: 'amd64', domain: { machine: { type: 'q35' } } } } },
      },
    });
    expect(documents[1]).toMatchObject({
      line: 11,
      code: 422,
      reason: 'Invalid',
      causes: [{ reason: 'FieldValueInvalid', field: 'spec.template.spec.hostname' }],
    });
  });

  test('refer to each other across files: a machine finds its instance type', async () => {
    const matcher = '  instancetype: { kind: VirtualMachineInstancetype, name: small }\n';
    const conflicting = '      nodeSelector: { a: b }\n';
    await file('b-machine.yaml', machine('typed', matcher, conflicting));
    expect(await results(folder)).toEqual([['typed', 'allowed']]);
    await file(
      'a-type.yaml',
      'apiVersion: instancetype.kubevirt.io/v1beta1\nkind: VirtualMachineInstancetype\nmetadata: { name: small }\nspec: { cpu: { guest: 1 }, memory: { guest: 1Gi }, nodeSelector: { c: d } }\n',
    );
    expect(await results(folder)).toEqual([
      ['small', 'allowed'],
      ['typed', 'refused'],
    ]);
  });

  test('of other groups are not judged; an unknown kind of a known group is refused', async () => {
    const path = await file(
      'odd.yaml',
      'apiVersion: v1\nkind: Service\nmetadata: {name: s}\n---\napiVersion: kubevirt.io/v1\nkind: VirtualMashine\nmetadata: {name: m}\n---\napiVersion: kubevirt.io/v9\nkind: VirtualMachine\nmetadata: {name: v}\n',
    );
    expect(await results(path)).toEqual([
      ['s', 'not-judged'],
      ['m', 'refused'],
      ['v', 'refused'],
    ]);
  });

  test('of kinds that no webhook looks at are held against their schema', async () => {
    const path = await file(
      'export.yaml',
      'apiVersion: cdi.kubevirt.io/v1beta1\nkind: DataVolume\nmetadata: {name: d}\nspec: {source: {http: {url: 7}}}\n',
    );
    const { documents } = await validateManifests([path], {});
    expect(documents).toMatchObject([{ result: 'refused', causes: [{ field: 'spec.source.http.url' }] }]);
  });

  test('that no platform of this version carries out are allowed, with a warning that says so', async () => {
    const spec = '      resourceClaims: [{ name: card, resourceClaimName: card }]\n';
    const { documents } = await validateManifests([await file('card.yaml', machine('card', '', spec))], {});
    expect(documents).toMatchObject([
      {
        result: 'allowed',
        warnings: [expect.stringContaining('spec.template.spec.resourceClaims: ')],
      },
    ]);
  });
});

describe('where documents come from', () => {
  test('standard input', async () => {
    const stdin = Readable.from([machine('piped')]);
    const { documents } = await validateManifests(['-'], { stdin });
    expect(documents).toMatchObject([{ source: '-', name: 'piped', result: 'allowed' }]);
  });

  test('folders, by name, and their folders when asked to', async () => {
    await mkdir(join(folder, 'inner'));
    await file('b.yml', machine('b'));
    await file('a.json', JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }));
    await file('notes.txt', 'not a manifest');
    await file('inner/c.yaml', machine('c'));
    expect((await results(folder)).map(([name]) => name)).toEqual(['a', 'b']);
    expect((await results(folder, { recursive: true })).map(([name]) => name)).toEqual(['a', 'b', 'c']);
  });

  test.each([
    ['nowhere.yaml', 'not-found'],
    ['empty', 'not-found'],
  ])('%s: %s', async (name, code) => {
    await mkdir(join(folder, 'empty'));
    await expect(validateManifests([join(folder, name)], {})).rejects.toMatchObject({ code });
  });

  test('a configuration that is none is named', async () => {
    const config = await file('config.yaml', machine('not-a-configuration'));
    const path = await file('m.yaml', machine('m'));
    await expect(validateManifests([path], { config })).rejects.toMatchObject({ code: 'invalid-input' });
  });
});

test('the configuration decides what is allowed', async () => {
  const path = await file(
    'm.yaml',
    machine('m', '', '      domain: { machine: { type: pc }, devices: {} }\n').replace(
      / {6}domain:\n {8}devices: \{\}\n$/,
      '',
    ),
  );
  expect(await results(path)).toEqual([['m', 'refused']]);
  const config = await file(
    'kubevirt.yaml',
    'apiVersion: kubevirt.io/v1\nkind: KubeVirt\nmetadata: { name: kubevirt }\nspec: { configuration: { emulatedMachines: ["pc*"] } }\n',
  );
  expect(await results(path, { config })).toEqual([['m', 'allowed']]);
});

test('the text names place, object, causes and sum', async () => {
  const path = await file('m.yaml', machine('m', '', '      hostname: Not.A.Label\n'));
  const report = await validateManifests([path], {});
  expect(isClean(report)).toBe(false);
  expect(reportText(report).split('\n')).toEqual([
    `refused     ${path}:1  VirtualMachine m`,
    expect.stringMatching(/^ {4}spec\.template\.spec\.hostname: .* \(FieldValueInvalid\)$/),
    '1 document: 0 ok, 1 refused',
  ]);
});

describe('the command', () => {
  async function run(...args: string[]): Promise<{ code: number; output: string }> {
    let code = 0;
    const lines: string[] = [];
    const program = createProgram({
      root: folder,
      path: '',
      print: (line) => lines.push(line),
      write: (text) => lines.push(text),
      warn: (text) => lines.push(text),
      setExitCode: (given) => (code = given),
    });
    await program.parseAsync(['validate', ...args], { from: 'user' });
    return { code, output: lines.join('\n') };
  }

  test('exits with 1 on a refusal, and prints JSON', async () => {
    const fine = await file('fine.yaml', machine('fine'));
    const wrong = await file('wrong.yaml', machine('wrong', '  running: true\n'));
    expect(await run('-f', fine)).toMatchObject({ code: 0 });
    const { code, output } = await run('-f', fine, '-f', wrong, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(output)).toMatchObject({
      documents: [{ result: 'allowed' }, { result: 'refused', causes: [{ field: 'spec.running' }] }],
      summary: { allowed: 1, refused: 1 },
    });
  });

  test('finds nothing wrong with the examples', async () => {
    const examples = fileURLToPath(new URL('../../../examples', import.meta.url));
    const { code, output } = await run('-f', examples, '--recursive', '--json');
    const { documents } = JSON.parse(output) as {
      documents: { name: string; kind: string; result: string; warnings: string[] }[];
    };
    const odd = documents.filter(({ result, warnings }) => result !== 'allowed' || warnings.length > 0);
    expect(odd.map(({ kind, name, result }) => [kind, name, result])).toEqual([
      ['Service', 'demo', 'not-judged'],
      ['PersistentVolumeClaim', 'claim-data', 'not-judged'],
      ['Service', 'ports', 'not-judged'],
      ['VirtualMachineInstance', 'preset', 'allowed'],
      ['StorageClass', 'retained', 'not-judged'],
      ['PersistentVolumeClaim', 'retained-data', 'not-judged'],
      ['VirtualMachine', 'running-form', 'allowed'],
      ['Service', 'cluster', 'not-judged'],
    ]);
    expect(code).toBe(0);
  });
});
