import type { MachineStatistics, VcpuState } from '@virtkit/hal';
import type { DomainFacts } from '../domain-xml/read-back.ts';
import type { DomainInfo, TypedParameters } from '../native/index.ts';

/** Positions are libvirt's numbers (`virVcpuState`, libvirt-domain.h). */
const vcpuStates: readonly VcpuState[] = ['offline', 'running', 'blocked'];

/** libvirt's statistics of one domain (`virConnectGetAllDomainStats`, by its field names) as those of the machine. */
export function readStatistics(
  stats: TypedParameters,
  info: DomainInfo,
  facts: Pick<DomainFacts, 'disks' | 'interfaces'>,
  now: Date,
): MachineStatistics {
  const field = reader(stats);
  return {
    takenAt: now.toISOString(),
    cpu: {
      // The total is told by a cheaper call too, which knows it also where the groups of processes do not.
      seconds: field.seconds('cpu.time') ?? info.cpuTimeNs / 1e9,
      userSeconds: field.seconds('cpu.user'),
      systemSeconds: field.seconds('cpu.system'),
    },
    vcpus: Array.from({ length: field.number('vcpu.maximum') ?? info.vcpus }, (_, id) => id)
      .filter((id) => field.number(`vcpu.${id}.state`) !== undefined)
      .map((id) => ({
        id,
        state: vcpuStates[field.number(`vcpu.${id}.state`) ?? -1] ?? 'unknown',
        seconds: field.seconds(`vcpu.${id}.time`),
        waitSeconds: field.seconds(`vcpu.${id}.wait`),
        delaySeconds: field.seconds(`vcpu.${id}.delay`),
      })),
    memory: {
      residentBytes: field.kib('balloon.rss'),
      balloonBytes: field.kib('balloon.current'),
      maximumBytes: field.kib('balloon.maximum'),
      availableBytes: field.kib('balloon.available'),
      unusedBytes: field.kib('balloon.unused'),
      usableBytes: field.kib('balloon.usable'),
      cachedBytes: field.kib('balloon.disk_caches'),
      swappedInBytes: field.kib('balloon.swap_in'),
      swappedOutBytes: field.kib('balloon.swap_out'),
      majorFaults: field.number('balloon.major_fault'),
      minorFaults: field.number('balloon.minor_fault'),
    },
    disks: disks(stats, facts.disks),
    interfaces: interfaces(stats, facts.interfaces),
  };
}

function disks(stats: TypedParameters, known: DomainFacts['disks']): MachineStatistics['disks'] {
  const { number, seconds, text } = reader(stats);
  return indexes(stats, 'block').flatMap((prefix) => {
    const target = text(`${prefix}.name`);
    const disk = known.find((one) => one.target === target);
    if (disk === undefined) return [];
    return [
      {
        id: disk.id,
        readRequests: number(`${prefix}.rd.reqs`),
        readBytes: number(`${prefix}.rd.bytes`),
        readSeconds: seconds(`${prefix}.rd.times`),
        writeRequests: number(`${prefix}.wr.reqs`),
        writtenBytes: number(`${prefix}.wr.bytes`),
        writeSeconds: seconds(`${prefix}.wr.times`),
        flushRequests: number(`${prefix}.fl.reqs`),
        flushSeconds: seconds(`${prefix}.fl.times`),
      },
    ];
  });
}

/** Interfaces of which the host has a device; libvirt counts no others. */
function interfaces(
  stats: TypedParameters,
  known: DomainFacts['interfaces'],
): MachineStatistics['interfaces'] {
  const { number, text } = reader(stats);
  return indexes(stats, 'net').flatMap((prefix) => {
    const device = text(`${prefix}.name`);
    const found = known.find((one) => one.device !== undefined && one.device === device);
    if (found === undefined) return [];
    const direction = (name: 'rx' | 'tx') => ({
      bytes: number(`${prefix}.${name}.bytes`),
      packets: number(`${prefix}.${name}.pkts`),
      errors: number(`${prefix}.${name}.errs`),
      dropped: number(`${prefix}.${name}.drop`),
    });
    return [{ id: found.id, received: direction('rx'), sent: direction('tx') }];
  });
}

function indexes(stats: TypedParameters, list: 'block' | 'net'): string[] {
  const count = stats[`${list}.count`];
  return Array.from({ length: typeof count === 'number' ? count : 0 }, (_, index) => `${list}.${index}`);
}

function reader(stats: TypedParameters) {
  const number = (name: string): number | undefined => {
    const value = stats[name];
    // A counter that a driver lacks is negative.
    return typeof value === 'number' && value >= 0 ? value : undefined;
  };
  const scaled = (factor: number) => (name: string) => {
    const value = number(name);
    return value === undefined ? undefined : value * factor;
  };
  return {
    number,
    seconds: scaled(1e-9),
    kib: scaled(1024),
    text: (name: string): string | undefined => {
      const value = stats[name];
      return value === undefined ? undefined : String(value);
    },
  };
}
