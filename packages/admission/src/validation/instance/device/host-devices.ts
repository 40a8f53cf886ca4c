import type { GPU } from '@virtkit/core-types';
import { invalid } from '../../finding.ts';
import type { InstanceRule } from '../subject.ts';

/** Devices of the host that are given to the guest. KubeVirt reports them by the names of its own members. */
export const hostDeviceRules: readonly InstanceRule[] = [
  {
    id: 'VMI-046',
    *check({ spec, root }) {
      if ((spec.domain.devices.gpus ?? []).filter(showsBootScreen).length > 1)
        yield invalid(`${root}.GPUs`, 'one GPU at most shows the screen while the guest boots');
    },
  },
  {
    id: 'VMI-047',
    *check({ spec, root, configuration: { gates } }) {
      if (spec.domain.devices.hostDevices !== undefined && !gates.has('HostDevices'))
        yield invalid(`${root}.HostDevices`, 'the feature gate HostDevices is off');
    },
  },
];

/** Whether a GPU has a display with a frame buffer in memory; both are on unless switched off. */
function showsBootScreen({ virtualGPUOptions }: GPU): boolean {
  const display = virtualGPUOptions?.display;
  return display !== undefined && display.enabled !== false && display.ramFB?.enabled !== false;
}
