// Admission and the reader of manifests in a real browser, as a page would load them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requires } from '@virtkit/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { judgeManifests, type PageVerdict } from '../../examples/page.ts';
import { bundleForBrowsers, type PageScript } from './bundle.ts';
import { openPage, type OpenPage } from './page.ts';

declare global {
  /** In the page: what the script exports. */
  var manifests: { readonly judgeManifests: typeof judgeManifests };
}

const folder = join(import.meta.dirname, '../../../../examples/manifests');
const examples = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
const example = { file: join(import.meta.dirname, '../../examples/page.ts') };

const uuid = '5a9fc181-957e-5c32-9e5a-2de5e9673531';
const now = '2026-01-01T00:00:00Z';

const good = `
apiVersion: kubevirt.io/v1
kind: VirtualMachine
metadata: { name: web }
spec:
  runStrategy: Always
  template:
    spec:
      domain:
        memory: { guest: 512Mi }
        devices:
          disks: [{ name: system, disk: { bus: virtio } }]
      volumes: [{ name: system, containerDisk: { image: registry.example/guest:1 } }]
`;
const bad = good.replace('name: system, disk', 'name: elsewhere, disk');

describe('the bundle for browsers', () => {
  test('has a size', async () => {
    const { minified, gzip } = (await bundleForBrowsers(example, 'manifests')).size;
    const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;
    console.log(
      `admission and manifest reader for browsers: ${kilobytes(minified)} minified, ${kilobytes(gzip)} gzip`,
    );
    // It grows with the rules; what would double it is something that does not belong there.
    expect(gzip).toBeLessThan(400_000);
  });

  test.each(["import 'node:crypto'", "import { readFile } from 'fs'; readFile()", "await import('node:fs')"])(
    'cannot be made of what needs Node: %s',
    async (source) => {
      const statement = source.startsWith('await') ? `export const x = async () => { ${source} }` : source;
      await expect(bundleForBrowsers({ source: statement }, 'x')).rejects.toThrow(/Could not resolve/);
    },
  );
});

describe('in a browser', () => {
  let script: PageScript;
  let opened: OpenPage | undefined;

  beforeAll(async () => {
    script = await bundleForBrowsers(example, 'manifests');
  });
  afterAll(() => opened?.[Symbol.asyncDispose]());
  beforeEach((context) =>
    requires(context, {
      kind: 'command',
      name: 'chromium-headless-shell',
      package: 'chromium-headless-shell',
    }),
  );

  /** The verdicts that the page gives, as JSON. */
  async function judgedThere(text: string): Promise<PageVerdict[]> {
    opened ??= await openPage(script.text);
    return opened.page.evaluate(
      async ({ text, uuid, now }) => {
        // Through JSON, as the other side is: what is undefined here and there does not count.
        const given = { uuid: () => uuid, now: () => now };
        return JSON.parse(JSON.stringify(await manifests.judgeManifests(text, given))) as PageVerdict[];
      },
      { text, uuid, now },
    );
  }

  async function judgedHere(text: string): Promise<unknown> {
    const verdicts = await judgeManifests(text, { uuid: () => uuid, now: () => now });
    return JSON.parse(JSON.stringify(verdicts));
  }

  test('there is a browser, and nothing of Node', async () => {
    opened ??= await openPage(script.text);
    const found = await opened.page.evaluate(() => ({
      agent: navigator.userAgent,
      node: ['process', 'Buffer', 'require', 'global'].filter((name) => name in globalThis),
    }));
    expect(found).toEqual({ agent: expect.stringContaining('Chrome') as string, node: [] });
  });

  test('a good manifest is allowed, and completed', async () => {
    const [verdict, ...others] = await judgedThere(good);
    expect(others).toEqual([]);
    expect(verdict).toMatchObject({ allowed: true, causes: [] });
    expect(verdict?.defaulted).toMatchObject({
      spec: {
        template: {
          spec: { architecture: 'amd64', domain: { machine: { type: 'q35' }, firmware: { uuid } } },
        },
      },
    });
  });

  test('a bad one is refused, at the field', async () => {
    expect(await judgedThere(bad)).toMatchObject([
      {
        allowed: false,
        causes: [{ reason: 'FieldValueInvalid', field: 'spec.template.spec.domain.devices.disks[0].name' }],
      },
    ]);
  });

  test('one that is no YAML is said to be so, at its line', async () => {
    expect(await judgedThere('kind: [')).toMatchObject([{ allowed: false, line: 1 }]);
  });

  test('the page makes identities itself where none are given', async () => {
    opened ??= await openPage(script.text);
    const verdicts = await opened.page.evaluate(async (text) => {
      return manifests.judgeManifests(text);
    }, good);
    const made = JSON.stringify(verdicts[0]?.defaulted);
    expect(made).toMatch(/"uuid":"[\da-f]{8}-[\da-f]{4}-4[\da-f-]+"/);
  });

  test('every example has the verdict that it has in Node', async () => {
    const text = examples.join('\n---\n');
    const there = await judgedThere(text);
    expect(there.length).toBeGreaterThanOrEqual(examples.length);
    expect(there).toEqual(await judgedHere(text));
    expect(there.filter(({ allowed }) => allowed)).toHaveLength(there.length);
  });

  test('nothing went wrong in the page, and it asked for nothing', () => {
    expect(opened?.troubles).toEqual([]);
  });
});
