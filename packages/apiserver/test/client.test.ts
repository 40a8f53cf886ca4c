import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startControlPlane, type ControlPlane } from '../src/index.ts';
import { widgetDefinition } from './support/fixtures.ts';

interface Widget {
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; resourceVersion?: string };
  spec: { size: number; colour?: string };
  status?: { phase?: string };
}

const widgets = { apiVersion: 'example.com/v1', kind: 'Widget' };

function widget(name: string, size = 3): Widget {
  return { metadata: { name }, spec: { size } };
}

describe('a typed client', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane({ crds: [widgetDefinition()] });
  });

  afterAll(() => plane.stop());

  test('creates, reads, changes and deletes', async () => {
    const client = plane.client<Widget>(widgets);
    const made = await client.create(widget('one'));
    expect(made).toMatchObject({
      ...widgets,
      metadata: { name: 'one', namespace: 'default' },
      spec: { colour: 'red' },
    });
    expect(await client.get('one')).toEqual(made);
    const larger = await client.update({ ...made, spec: { size: 4 } });
    expect(larger.spec.size).toBe(4);
    await expect(client.update({ ...made, spec: { size: 5 } })).rejects.toMatchObject({ code: 'Conflict' });
    expect((await client.patch('one', { spec: { colour: 'green' } })).spec.colour).toBe('green');
    const operations = [{ op: 'replace', path: '/spec/size', value: 6 }] as const;
    expect((await client.patch('one', operations)).spec.size).toBe(6);
    const known = await client.patch('one', { status: { phase: 'Known' } }, { subresource: 'status' });
    expect(known.status?.phase).toBe('Known');
    expect((await client.create(widget('two'), { dryRun: true })).metadata.uid).not.toBe('');
    await client.delete('one');
    await expect(client.get('one')).rejects.toMatchObject({ code: 'NotFound', httpStatus: 404 });
    await expect(client.get('two')).rejects.toMatchObject({ code: 'NotFound' });
  });

  test('lists by labels, in one namespace or in all, page by page', async () => {
    const client = plane.client<Widget>(widgets);
    await plane
      .client({ apiVersion: 'v1', kind: 'Namespace' })
      .create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'far' } });
    for (const namespace of ['default', 'far'])
      for (const name of ['a', 'b'])
        await client.create({ ...widget(name), metadata: { name, namespace, labels: { list: name } } });
    const names = async (options: Parameters<typeof client.list>[0]) =>
      (await client.list(options)).items.map(
        ({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`,
      );
    expect(await names({ labelSelector: 'list' })).toEqual(['default/a', 'default/b', 'far/a', 'far/b']);
    expect(await names({ labelSelector: 'list=b', namespace: 'far' })).toEqual(['far/b']);
    const first = await client.list({ limit: 3, labelSelector: 'list' });
    expect(first.items).toHaveLength(3);
    const rest = await client.list({
      limit: 3,
      labelSelector: 'list',
      continue: first.metadata.continue ?? '',
    });
    expect(rest.items.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([['Widget', 'b']]);
    await client.delete('b', { namespace: 'far', preconditions: { uid: rest.items[0]?.metadata.uid ?? '' } });
  });

  test('watches until the loop is left or the signal is aborted', async () => {
    const client = plane.client<Widget>(widgets);
    const { metadata } = await client.list();
    await client.create(widget('watched'));
    await client.patch('watched', { spec: { size: 7 } });
    const seen: string[] = [];
    for await (const { type, object } of client.watch({ resourceVersion: metadata.resourceVersion })) {
      seen.push(`${type} ${object.metadata.name} ${object.spec.size}`);
      if (type === 'MODIFIED') break;
    }
    expect(seen).toEqual(['ADDED watched 3', 'MODIFIED watched 7']);
    const stop = new AbortController();
    let events = 0;
    for await (const _ of client.watch({
      namespace: 'default',
      fieldSelector: 'metadata.name=watched',
      signal: stop.signal,
    })) {
      events += 1;
      stop.abort();
    }
    expect(events).toBe(1);
  });

  test('applies, and is told whose fields it would take', async () => {
    const client = plane.client<Widget>(widgets);
    await client.apply(widget('applied', 2), { fieldManager: 'one' });
    const taking = client.apply(widget('applied', 3), { fieldManager: 'other' });
    await expect(taking).rejects.toMatchObject({
      code: 'Conflict',
      options: { causes: [{ reason: 'FieldManagerConflict', field: '.spec.size' }] },
    });
    const taken = await client.apply(widget('applied', 3), { fieldManager: 'other', force: true });
    expect(taken.spec.size).toBe(3);
  });

  test('says what the server has against it', async () => {
    const client = plane.client<Widget>(widgets);
    await expect(client.create(widget('large', 11))).rejects.toMatchObject({
      name: 'ApiServerError',
      code: 'Invalid',
      httpStatus: 422,
      options: { causes: [{ field: 'spec.size' }] },
    });
    const misspelt = { ...widget('misspelt'), spec: { size: 1, color: 'red' } };
    await expect(client.create(misspelt)).rejects.toMatchObject({
      code: 'BadRequest',
      message: expect.stringContaining('spec.color'),
    });
    await expect(client.watch({ labelSelector: '!!' }).next()).rejects.toMatchObject({ code: 'BadRequest' });
    await expect(plane.client({ apiVersion: 'v1', kind: 'Nothing' }).list()).rejects.toMatchObject({
      code: 'NotFound',
    });
    await expect(plane.client(widgets, { token: 'wrong' }).list()).rejects.toMatchObject({
      code: 'Unauthorized',
    });
    await expect(client.update({ metadata: {} } as Widget)).rejects.toMatchObject({ code: 'BadRequest' });
    await expect(client.get('one', { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no');
  });

  test('a watch that the control plane ends is an error, not an end', async () => {
    await using short = await startControlPlane();
    const events = short.client({ apiVersion: 'v1', kind: 'Secret' }).watch({ resourceVersion: '1' });
    const next = events.next().then(
      (event) => event.done,
      (error: unknown) => error,
    );
    await short.client({ apiVersion: 'v1', kind: 'ConfigMap' }).list();
    await short.stop();
    expect([true, expect.objectContaining({ code: 'ServiceUnavailable' })]).toContainEqual(await next);
  });
});

describe('definitions', () => {
  const text = JSON.stringify(widgetDefinition());
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virtkit-crds-'));
    await writeFile(join(folder, 'widgets.yaml'), `---\napiVersion: v1\nkind: Namespace\n---\n${text}\n`);
    await writeFile(join(folder, 'kustomization.yaml'), 'resources: [widgets.yaml]\n');
    await writeFile(join(folder, 'notes.txt'), 'not: [YAML');
  });

  afterAll(() => rm(folder, { recursive: true }));

  test.each<[string, () => string | URL]>([
    ['a text', () => text],
    ['the path of a file', () => join(folder, 'widgets.yaml')],
    ['the URL of a file', () => pathToFileURL(join(folder, 'widgets.yaml'))],
    ['the path of a folder', () => folder],
  ])('are taken from %s', async (_, source) => {
    await using plane = await startControlPlane({ crds: [source()] });
    expect((await plane.client<Widget>(widgets).create(widget('one'))).spec.colour).toBe('red');
  });

  test.each<[string, () => string | URL, RegExp]>([
    ['a path that is not there', () => join(folder, 'none'), /cannot read .*none/],
    ['a text without any', () => '---\nkind: ConfigMap\n', /no CustomResourceDefinition in the text/],
    ['a text that is not YAML', () => 'a: [\n', /is not YAML/],
  ])('%s is refused', async (_, source, message) => {
    await expect(startControlPlane({ crds: [source()] })).rejects.toMatchObject({
      code: 'InvalidConfiguration',
      message: expect.stringMatching(message),
    });
  });
});
