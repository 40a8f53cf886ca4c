import type { SpecFill } from '../fill.ts';

/** s390x machines have no ACPI. */
export const fillAcpiOfS390x: SpecFill = ({ domain }) => {
  const acpi = ((domain.features ??= {}).acpi ??= {});
  acpi.enabled ??= false;
};
