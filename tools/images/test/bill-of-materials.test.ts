import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { expect, it } from 'vitest';
import { bundledPackages } from '../bundled-packages.ts';
import { parseDpkgStatus } from '../dpkg-status.ts';
import { billOfMaterials } from '../sbom.ts';

const status = `Package: zlib1g
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Source: zlib
Version: 1:1.2.13.dfsg-1
Description: compression library
 Second line: with a colon.
Maintainer: Mark Brown <broonie@debian.org>
Homepage: http://zlib.net/

Package: removed
Status: deinstall ok config-files
Architecture: amd64
Version: 1
Maintainer: Nobody <nobody@example.org>

Package: bash
Status: install ok installed
Architecture: amd64
Source: bash (5.2.15-2)
Version: 5.2.15-2+b8
Maintainer: Matthias Klose <doko@debian.org>
`;

it("reads the installed packages from dpkg's status, with the sources that security notices are about", () => {
  expect(parseDpkgStatus(status)).toEqual([
    {
      name: 'bash',
      version: '5.2.15-2+b8',
      architecture: 'amd64',
      source: { name: 'bash', version: '5.2.15-2' },
      maintainer: 'Matthias Klose <doko@debian.org>',
    },
    {
      name: 'zlib1g',
      version: '1:1.2.13.dfsg-1',
      architecture: 'amd64',
      source: { name: 'zlib', version: '1:1.2.13.dfsg-1' },
      maintainer: 'Mark Brown <broonie@debian.org>',
      homepage: 'http://zlib.net/',
    },
  ]);
});

const image = {
  name: 'virt-api',
  description: 'Admission and subresources',
  reference: 'virtkit.dev/virt-api:0.1.0',
  digest: `sha256:${'a'.repeat(64)}`,
  size: 1,
  unpackedSize: 2,
};
const materials = {
  debian: parseDpkgStatus(status),
  npm: [
    { name: '@virtkit/hal', version: '0.1.0', license: 'Apache-2.0', homepage: undefined },
    { name: 'odd', version: '1.0.0', license: 'SEE LICENSE IN file', homepage: 'not an address' },
    { name: 'two', version: '1.0.0', license: '(MIT OR GPL-2.0-only)', homepage: 'https://example.org' },
  ],
  node: { version: '26.10.0', sha256: 'b'.repeat(64) },
};

it('a bill is a valid CycloneDX document that names each package once, by its address', async () => {
  const text = billOfMaterials(image, materials, { epoch: 0 });
  expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
  const bill = JSON.parse(text) as { components: { purl?: string }[] };
  const addresses = bill.components.map(({ purl }) => purl).filter((purl) => purl !== undefined);
  expect(addresses.sort()).toEqual([
    'pkg:deb/debian/bash@5.2.15-2+b8?arch=amd64&distro=debian-12',
    'pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12',
    'pkg:npm/%40virtkit/hal@0.1.0',
    'pkg:npm/node@26.10.0',
    'pkg:npm/odd@1.0.0',
    'pkg:npm/two@1.0.0',
  ]);
  expect(bill).toMatchObject({
    metadata: { timestamp: '1970-01-01T00:00:00.000Z', component: { version: image.digest } },
  });
});

it('is the same for the same image, and has another number for another', () => {
  const text = billOfMaterials(image, materials, { epoch: 0 });
  expect(billOfMaterials(image, materials, { epoch: 0 })).toBe(text);
  const serial = (document: string) => (JSON.parse(document) as { serialNumber: string }).serialNumber;
  const other = billOfMaterials({ ...image, digest: `sha256:${'c'.repeat(64)}` }, materials, { epoch: 0 });
  expect(serial(other)).not.toBe(serial(text));
});

it('packages of a program are those that the bundler took code of, also where one is inside of another', async () => {
  const root = await mkdtemp(join(tmpdir(), 'virtkit-bundled-'));
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(() => rm(root, { recursive: true, force: true }));
  const write = async (path: string, content: unknown) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), JSON.stringify(content));
  };
  const describe = (path: string, name: string, version: string) =>
    write(`${path}/package.json`, { name, version });
  await describe('node_modules/@scope/used', '@scope/used', '1.0.0');
  await describe('node_modules/outer', 'outer', '2.0.0');
  await describe('node_modules/outer/node_modules/inner', 'inner', '3.0.0');
  await describe('node_modules/unused', 'unused', '4.0.0');
  await describe('packages/own', '@virtkit/own', '0.1.0');
  await write('apps/program/dist/metafile-esm.json', {
    outputs: {
      'dist/main.js': {
        inputs: {
          '../../node_modules/@scope/used/index.js': { bytesInOutput: 1 },
          '../../node_modules/outer/node_modules/inner/lib/a.js': { bytesInOutput: 1 },
          '../../node_modules/unused/index.js': { bytesInOutput: 0 },
          '../../packages/own/src/index.ts': { bytesInOutput: 1 },
          'inserted:shim': { bytesInOutput: 1 },
        },
      },
    },
  });
  const found = await bundledPackages(join(root, 'apps/program'));
  expect(found.map(({ name, version }) => `${name}@${version}`)).toEqual([
    '@scope/used@1.0.0',
    '@virtkit/own@0.1.0',
    'inner@3.0.0',
  ]);
});
