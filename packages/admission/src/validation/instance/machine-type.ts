import { architectureSettings } from '../../configuration/lookups.ts';
import { invalid } from '../finding.ts';
import { matchesGlob } from '../glob.ts';
import type { InstanceRule } from './subject.ts';

/** The kind of computer. */
export const machineTypeRules: readonly InstanceRule[] = [
  {
    id: 'VMI-011',
    *check({ spec, root, configuration }) {
      const type = spec.domain.machine?.type ?? '';
      const { emulatedMachines } = architectureSettings(configuration, spec.architecture ?? '');
      if (type !== '' && !emulatedMachines.some((pattern) => matchesGlob(type, pattern)))
        yield invalid(
          `${root}.domain.machine.type`,
          `machine type "${type}" is not one of ${emulatedMachines.join(', ')}`,
        );
    },
  },
];
