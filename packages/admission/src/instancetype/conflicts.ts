import type { VirtualMachineInstanceSpec, VirtualMachineInstancetypeSpec } from '@virtkit/core-types';
import { invalid, type Objection } from '../validation/finding.ts';
import type { Rule } from '../validation/rule.ts';

/** A spec to which an instance type is to be applied. */
export interface ConflictSubject {
  readonly spec: VirtualMachineInstanceSpec;
  /** Annotations of the instance or of its template. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly instancetype: VirtualMachineInstancetypeSpec;
  /** Path of the spec: `spec.template.spec` in a virtual machine, `spec` in an instance. */
  readonly root: string;
}

type Check = (subject: ConflictSubject) => Iterable<string>;

function conflictRule(id: string, paths: Check): Rule<ConflictSubject> {
  return {
    id,
    *check(subject) {
      for (const path of paths(subject)) yield conflict(`${subject.root}.${path}`);
    },
  };
}

function conflict(field: string): Objection {
  return invalid(field, `${field} is set here and by the instance type; only one of them can set it`);
}

/**
 * What an instance type and a spec must not both set (KubeVirt rules ITC). All conflicts are told, except of memory, where the
 * first one is. Paths are KubeVirt's, which spells `dedicatedCPUPlacement` as the instance type does.
 */
export const instancetypeConflictRules: readonly Rule<ConflictSubject>[] = [
  conflictRule('ITC-01', function* ({ spec, instancetype }) {
    if (spec.nodeSelector !== undefined && instancetype.nodeSelector !== undefined) yield 'nodeSelector';
  }),
  conflictRule('ITC-02', function* ({ spec, instancetype }) {
    if (isWritten(spec.schedulerName) && isWritten(instancetype.schedulerName)) yield 'schedulerName';
  }),
  conflictRule('ITC-03', function* ({ spec }) {
    if (spec.domain.resources?.requests?.['cpu'] !== undefined) yield 'domain.resources.requests.cpu';
  }),
  conflictRule('ITC-04', function* ({ spec }) {
    if (spec.domain.resources?.limits?.['cpu'] !== undefined) yield 'domain.resources.limits.cpu';
  }),
  conflictRule('ITC-05', function* ({ spec }) {
    for (const member of ['sockets', 'cores', 'threads'] as const) {
      if ((spec.domain.cpu?.[member] ?? 0) !== 0) yield `domain.cpu.${member}`;
    }
  }),
  conflictRule('ITC-06', function* ({ spec, instancetype }) {
    if (isWritten(spec.domain.cpu?.model) && instancetype.cpu.model !== undefined) yield 'domain.cpu.model';
  }),
  conflictRule('ITC-07', function* ({ spec, instancetype }) {
    if (
      spec.domain.cpu?.dedicatedCpuPlacement === true &&
      instancetype.cpu.dedicatedCPUPlacement !== undefined
    )
      yield 'domain.cpu.dedicatedCPUPlacement';
  }),
  conflictRule('ITC-08', function* ({ spec, instancetype }) {
    if (
      spec.domain.cpu?.isolateEmulatorThread === true &&
      instancetype.cpu.isolateEmulatorThread !== undefined
    )
      yield 'domain.cpu.isolateEmulatorThread';
  }),
  conflictRule('ITC-09', function* ({ spec, instancetype }) {
    for (const member of ['numa', 'realtime'] as const) {
      if (spec.domain.cpu?.[member] !== undefined && instancetype.cpu[member] !== undefined)
        yield `domain.cpu.${member}`;
    }
  }),
  conflictRule('ITC-10', function* (subject) {
    const first = memoryConflict(subject);
    if (first !== undefined) yield first;
  }),
  conflictRule('ITC-11', function* ({ spec, instancetype }) {
    const both = [spec.domain.ioThreads, instancetype.ioThreads];
    if (both.every((threads) => threads?.supplementalPoolThreadCount !== undefined))
      yield 'domain.ioThreads.supplementalPoolThreadCount';
  }),
  conflictRule('ITC-12', function* ({ spec, instancetype }) {
    if (spec.domain.ioThreadsPolicy !== undefined && instancetype.ioThreadsPolicy !== undefined)
      yield 'domain.ioThreadsPolicy';
  }),
  conflictRule('ITC-13', function* ({ spec, instancetype }) {
    if (spec.domain.launchSecurity !== undefined && instancetype.launchSecurity !== undefined)
      yield 'domain.launchSecurity';
  }),
  conflictRule('ITC-14', function* ({ spec, instancetype }) {
    for (const member of ['gpus', 'hostDevices'] as const) {
      if (isFilled(spec.domain.devices[member]) && isFilled(instancetype[member]))
        yield `domain.devices.${member}`;
    }
  }),
  {
    id: 'ITC-15',
    *check({ annotations = {}, instancetype }) {
      for (const [key, value] of Object.entries(instancetype.annotations ?? {})) {
        const own = Object.hasOwn(annotations, key) ? annotations[key] : undefined;
        if (own !== undefined && own !== value) yield conflict(`annotations.${key}`);
      }
    },
  },
];

function memoryConflict({ spec, instancetype }: ConflictSubject): string | undefined {
  const { memory, resources } = spec.domain;
  if (memory?.guest !== undefined) return 'domain.memory.guest';
  if (memory?.hugepages !== undefined && instancetype.memory.hugepages !== undefined)
    return 'domain.memory.hugepages';
  if (memory?.maxGuest !== undefined && instancetype.memory.maxGuest !== undefined)
    return 'domain.memory.maxGuest';
  if (resources?.requests?.['memory'] !== undefined) return 'domain.resources.requests.memory';
  return resources?.limits?.['memory'] === undefined ? undefined : 'domain.resources.limits.memory';
}

function isWritten(text: string | undefined): boolean {
  return text !== undefined && text !== '';
}

function isFilled(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}
