import { memoryLiveUpdateFault } from '../../defaults/hotplug/live-update.ts';
import { invalid } from '../finding.ts';
import type { MachineSpecRule } from './subject.ts';

/** Room to grow, where the cluster lets changes reach running machines. */
export const liveUpdateRules: readonly MachineSpecRule[] = [
  {
    id: 'LU-1',
    *check({ spec, root, configuration }) {
      const { sockets = 0, maxSockets = 0 } = spec.template.spec?.domain.cpu ?? {};
      if (configuration.values.vmRolloutStrategy !== 'LiveUpdate') return;
      if (sockets !== 0 && maxSockets !== 0 && sockets > maxSockets)
        yield invalid(
          `${root}.template.spec.domain.cpu.sockets`,
          `there are more sockets than the most, ${maxSockets}`,
        );
    },
  },
  {
    id: 'LU-2',
    *check({ spec, root, configuration }) {
      const template = spec.template.spec;
      const most = template?.domain.memory?.maxGuest;
      if (configuration.values.vmRolloutStrategy !== 'LiveUpdate') return;
      if (template === undefined || most === undefined) return;
      const fault = memoryLiveUpdateFault(template, most);
      if (fault !== undefined) yield invalid(`${root}.template.spec.domain.memory.guest`, fault.message);
    },
  },
];
