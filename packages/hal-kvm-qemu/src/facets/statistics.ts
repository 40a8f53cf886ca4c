import type { StatisticsFacet } from '@virtkit/hal';
import { readDomain } from '../domain-xml/read-back.ts';
import { doing } from '../errors.ts';
import { readStatistics } from '../machine/statistics.ts';
import type { KvmQemuMachine } from '../machine/machine.ts';
import { StatsGroup } from '../native/index.ts';
import { requireRunning } from './running.ts';

/** All that libvirt counts by itself: nothing that has to be begun first. */
const groups =
  StatsGroup.cpuTotal | StatsGroup.balloon | StatsGroup.vcpu | StatsGroup.interface | StatsGroup.block;

export function statisticsFacet(machine: KvmQemuMachine): StatisticsFacet {
  return {
    read: (options = {}) =>
      doing(`reading what ${machine.name} uses`, async () => {
        const spec = await machine.spec(options);
        using domain = await machine.domain(options);
        await requireRunning(machine, domain, options);
        const [stats, info, xml] = await Promise.all([
          domain.stats(groups, options),
          domain.info(options),
          domain.xml(0, options),
        ]);
        return readStatistics(stats, info, readDomain(xml, spec), new Date());
      }),
  };
}
