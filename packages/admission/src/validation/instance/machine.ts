import { architectureSettings } from '../../configuration/lookups.ts';
import { invalid } from '../finding.ts';
import { matchesGlob } from '../formats.ts';
import type { InstanceRule } from './subject.ts';

/** Machine type, and devices that depend on others. */
export const machineRules: readonly InstanceRule[] = [
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
  {
    id: 'VMI-054',
    *check({ spec, root }) {
      const { video, autoattachGraphicsDevice } = spec.domain.devices;
      if (video !== undefined && autoattachGraphicsDevice === false)
        yield invalid(`${root}.domain.devices.video`, 'there is no video device without a graphics device');
    },
  },
];
