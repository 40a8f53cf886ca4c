import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { beforeEach, describe, expect, it } from 'vitest';
import { requires } from '@virtkit/testing';
import { z } from 'zod';
import { describeImages, output, UnpackedLayers } from './image-root.ts';

const root = resolve(import.meta.dirname, '../../../..');
const componentsSchema = z.object({
  components: z.array(z.object({ purl: z.string().optional(), version: z.string() })),
});
const billSchema = componentsSchema.extend({
  metadata: z.object({ component: z.object({ name: z.string(), version: z.string() }) }),
});

const images = await describeImages();
const readBill = async (name: string) => {
  const text = await readFile(join(output, 'sbom', `${name}.cdx.json`), 'utf8');
  return { text, bill: billSchema.parse(JSON.parse(text)) };
};
const addresses = ({ components }: z.output<typeof componentsSchema>, type: string) =>
  components.flatMap(({ purl }) => (purl?.startsWith(`pkg:${type}/`) === true ? [purl] : []));

beforeEach((context) => requires(context, { kind: 'root' }));

describe.each([...images.keys()])('the bill of %s', (name) => {
  it('is a valid CycloneDX document about this very image', async () => {
    const { text, bill } = await readBill(name);
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
    const { reference, digest } = images.get(name)!;
    expect(bill.metadata.component).toMatchObject({ name: reference, version: digest });
    expect(addresses(bill, 'deb').length).toBeGreaterThan(5);
  });
});

describe.each(['virt-api', 'virt-handler', 'virt-launcher'])('the bill of %s', (name) => {
  it("has every package that the image's dpkg knows", async () => {
    const image = images.get(name)!;
    await using layers = await UnpackedLayers.of([image]);
    const query = ['dpkg-query', '--show', '--showformat=${Package} ${Version}\\n'];
    const installed = (await layers.run(image, query)).split('\n').filter(Boolean).sort();
    const { bill } = await readBill(name);
    const listed = bill.components.flatMap(({ purl, version }) => {
      const found = /^pkg:deb\/debian\/([^@]+)@/.exec(purl ?? '');
      return found === null ? [] : [`${decodeURIComponent(found[1]!)} ${version}`];
    });
    expect(listed.sort()).toEqual(installed);
  });

  it('has npm packages of versions that npm has installed, and no others', async () => {
    // Of the whole project: a bundle may also have what its program does not depend on, as `debug` takes a `supports-color`.
    const npm = ['sbom', '--sbom-format', 'cyclonedx'];
    const { stdout } = await promisify(execFile)('npm', npm, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
    const known = new Set(addresses(componentsSchema.parse(JSON.parse(stdout)), 'npm'));
    // What is in every image, and what the native binding was compiled with.
    const beside = /^pkg:npm\/(?:node|node-addon-api)@/;
    const { bill } = await readBill(name);
    const npmPackages = addresses(bill, 'npm').filter((purl) => !beside.test(purl));
    expect(npmPackages.filter((purl) => !known.has(purl))).toEqual([]);
    expect(npmPackages.some((purl) => purl.startsWith('pkg:npm/zod@'))).toBe(true);
  });
});
