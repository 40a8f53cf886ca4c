import type { ACPI, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { invalid } from '../finding.ts';
import type { InstanceRule } from './subject.ts';

const references = ['slicNameRef', 'msdmNameRef'] as const;

/** ACPI tables that come from volumes. KubeVirt reports them at `S.acpi`, which is not where they are. */
export const firmwareTableRules: readonly InstanceRule[] = [
  {
    id: 'VMI-012',
    *check({ spec, root }) {
      const acpi = spec.domain.firmware?.acpi;
      if (acpi !== undefined && namedTables(acpi).length === 0)
        yield invalid(`${root}.acpi`, `one of ${references.join(', ')} names the table`);
    },
  },
  {
    id: 'VMI-013',
    *check({ spec, root }) {
      for (const { reference, name } of namedTables(spec.domain.firmware?.acpi)) {
        const volume = volumeOf(spec, name);
        if (volume !== undefined && volume.secret === undefined)
          yield invalid(`${root}.acpi.${reference}`, `volume "${name}" is not that of a secret`);
      }
    },
  },
  {
    id: 'VMI-014',
    *check({ spec, root }) {
      for (const { reference, name } of namedTables(spec.domain.firmware?.acpi))
        if (volumeOf(spec, name) === undefined)
          yield invalid(`${root}.acpi.${reference}`, `there is no volume "${name}"`);
    },
  },
];

function namedTables(acpi: ACPI | undefined) {
  return references
    .map((reference) => ({ reference, name: acpi?.[reference] ?? '' }))
    .filter(({ name }) => name !== '');
}

function volumeOf(spec: VirtualMachineInstanceSpec, wanted: string) {
  return spec.volumes?.find(({ name }) => name === wanted);
}
