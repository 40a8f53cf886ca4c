import type {
  VirtualMachine,
  VirtualMachineInstance,
  VirtualMachinePool,
  VirtualMachinePoolSpec,
} from '@virtkit/core-types';
import type { PoolMember, PoolObservation, PoolRevision } from '../../src/index.ts';
import { selectionOf } from '../../src/replicas/selection.ts';
import { buildMember } from '../../src/virtual-machine-pool/member.ts';
import { buildPoolRevision } from '../../src/virtual-machine-pool/revision.ts';
import { instanceOf } from '../builders.ts';

export const now = Date.UTC(2026, 0, 1);
export const deletionTimestamp = '2026-01-01T00:00:00Z';
const labels = { app: 'db' };

/** A pool of generation 1, with two machines wanted. */
export function poolOf(
  spec: Partial<VirtualMachinePoolSpec> = {},
  metadata: VirtualMachinePool['metadata'] = {},
): VirtualMachinePool {
  return {
    metadata: {
      name: 'db',
      namespace: 'default',
      uid: 'pool-uid',
      generation: 1,
      finalizers: ['pool.kubevirt.io/finalizer'],
      ...metadata,
    },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      virtualMachineTemplate: templateOf(),
      ...spec,
    },
  };
}

/** A template of machines whose instances have this host name. */
export function templateOf(hostname = 'one', spec: Partial<VirtualMachine['spec']> = {}) {
  return {
    metadata: { labels },
    spec: { runStrategy: 'Always', template: { spec: { hostname, domain: { devices: {} } } }, ...spec },
  };
}

interface MemberState {
  /** The generation of the pool that the machine was made from; default 1. */
  readonly made?: number;
  /** The generation of the pool that its instance was made from; none when null. Default: as the machine. */
  readonly runs?: number | null;
  readonly ready?: boolean;
  readonly deleting?: boolean;
  readonly stopping?: boolean;
  readonly machine?: Partial<VirtualMachine>;
}

/** A machine of the pool under this number, and its instance. */
export function memberOf(pool: VirtualMachinePool, ordinal: number, state: MemberState = {}): PoolMember {
  const { made = 1, runs = made, ready = true, deleting = false, stopping = false } = state;
  const built = buildMember(pool, ordinal, `db-${made}`);
  const conditions = [{ type: 'Ready', status: ready ? 'True' : 'False' }];
  const machine: VirtualMachine = {
    ...built,
    metadata: { ...built.metadata, uid: `uid-${ordinal}`, ...(deleting ? { deletionTimestamp } : {}) },
    status: { conditions },
    ...state.machine,
  };
  const instance: VirtualMachineInstance | undefined =
    runs === null
      ? undefined
      : instanceOf(
          { phase: 'Running', conditions },
          {
            name: machine.metadata.name,
            uid: `vmi-${ordinal}`,
            labels: { 'kubevirt.io/vm-pool-revision-name': `db-${runs}` },
          },
        );
  return { machine, instance, stopping };
}

/** The copy of the pool's spec at a generation. */
export function copyOf(pool: VirtualMachinePool, generation = 1): PoolRevision {
  return buildPoolRevision({ ...pool, metadata: { ...pool.metadata, generation } });
}

/** What a pass knows of a pool. */
export function observe(facts: Partial<PoolObservation> & Pick<PoolObservation, 'pool'>): PoolObservation {
  const members = facts.members ?? [];
  return {
    selection: selectionOf(facts.pool.spec.selector),
    members,
    names: new Set(members.map(({ machine }) => machine.metadata.name ?? '')),
    revisions: [copyOf(facts.pool)],
    random: () => 0.5,
    now,
    ...facts,
  };
}
