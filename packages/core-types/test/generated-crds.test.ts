import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crdCatalogue } from '@virtkit/core-types';
import { parse } from 'yaml';
import { folder, manifests } from '../scripts/manifests.ts';

const catalogue = crdCatalogue();
const generated = [...manifests()].map(([file, text]) => ({ file, text }));

/** `npm run generate -w packages/core-types` writes them anew. */
describe('generated CustomResourceDefinitions', () => {
  it.each(generated)('$file is what stands in the repository', ({ file, text }) => {
    expect(readFileSync(join(folder, file), 'utf8') === text).toBe(true);
  });

  it('are all that stand there', () => {
    expect(readdirSync(folder).sort()).toEqual(generated.map(({ file }) => file).sort());
  });

  it('say in YAML what the definitions say', () => {
    const sample = catalogue.findIndex(
      ({ metadata }) => metadata.name === 'virtualmachinerestores.snapshot.kubevirt.io',
    );
    expect(parse(generated[sample]!.text)).toEqual(catalogue[sample]);
  });

  it('are of every group, in order', () => {
    expect([...new Set(catalogue.map(({ spec }) => spec.group))]).toEqual([
      'backup.kubevirt.io',
      'cdi.kubevirt.io',
      'clone.kubevirt.io',
      'export.kubevirt.io',
      'forklift.cdi.kubevirt.io',
      'instancetype.kubevirt.io',
      'kubevirt.io',
      'migrations.kubevirt.io',
      'plugin.kubevirt.io',
      'pool.kubevirt.io',
      'snapshot.kubevirt.io',
      'template.kubevirt.io',
    ]);
    const names = catalogue.map(({ metadata }) => metadata.name);
    expect(names).not.toContain('uploadtokenrequests.upload.cdi.kubevirt.io');
  });

  it('carry the labels of KubeVirt, and those of CDI none', () => {
    const labels = new Map(catalogue.map(({ metadata }) => [metadata.name, metadata.labels]));
    expect(labels.get('virtualmachines.kubevirt.io')).toEqual({ 'kubevirt.io': '' });
    expect(labels.get('kubevirts.kubevirt.io')).toEqual({ 'operator.kubevirt.io': '' });
    expect(labels.get('datavolumes.cdi.kubevirt.io')).toBeUndefined();
  });
});
