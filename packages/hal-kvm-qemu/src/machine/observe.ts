import type { MachineSpec, MachineState, Observed } from '@virtkit/hal';
import { readDomain } from '../domain-xml/read-back.ts';
import type { Domain, DomainState } from '../native/index.ts';
import type { MachineRecord } from './machine-directory.ts';

/** libvirt's state and what we know beside it, as the HAL's state. Total over libvirt's states. */
export function machineState(domain: DomainState, record: MachineRecord): MachineState {
  switch (domain.state) {
    case 'no-state':
    case 'running':
    case 'blocked':
    case 'pm-suspended':
      // libvirt does not tell that a shutdown was asked for; the guest decides when it obeys.
      return record.stopRequestedAt === undefined ? { kind: 'running' } : { kind: 'shutting-down' };
    case 'shutdown':
      return { kind: 'shutting-down' };
    case 'paused':
      return { kind: 'paused', reason: pausedReason(domain.reason) };
    case 'shutoff':
      return record.startedAt === undefined
        ? { kind: 'defined' }
        : { kind: 'stopped', reason: stoppedReason(domain.reason) };
    case 'crashed':
      return { kind: 'stopped', reason: domain.reason === 'panicked' ? 'panicked' : 'crashed' };
  }
}

type PausedReason = Extract<MachineState, { kind: 'paused' }>['reason'];
type StoppedReason = Extract<MachineState, { kind: 'stopped' }>['reason'];

function pausedReason(reason: Extract<DomainState, { state: 'paused' }>['reason']): PausedReason {
  switch (reason) {
    case 'user':
    case 'migration':
    case 'io-error':
    case 'watchdog':
    case 'snapshot':
      return reason;
    case 'postcopy-failed':
      return 'post-copy-failed';
    case 'starting-up':
      return 'starting';
    case 'from-snapshot':
      return 'snapshot';
    case 'unknown':
    case 'save':
    case 'dump':
    case 'shutting-down':
    case 'crashed':
    case 'postcopy':
      return 'other';
  }
}

function stoppedReason(reason: Extract<DomainState, { state: 'shutoff' }>['reason']): StoppedReason {
  switch (reason) {
    case 'shutdown':
    case 'destroyed':
    case 'crashed':
    case 'migrated':
    case 'saved':
    case 'failed':
      return reason;
    case 'unknown':
    case 'from-snapshot':
    case 'daemon':
      return 'unknown';
  }
}

/** Whether there is a guest. */
export function isAlive({ state }: Pick<Observed, 'state'>): boolean {
  return state.kind !== 'defined' && state.kind !== 'stopped';
}

/** Looks at one domain: its state, its live XML and its memory, three calls side by side. */
export async function observeDomain(
  domain: Domain,
  spec: MachineSpec,
  record: MachineRecord,
  signal?: AbortSignal,
): Promise<Observed> {
  const options = signal === undefined ? {} : { signal };
  const [state, xml, info] = await Promise.all([
    domain.state(options),
    domain.xml(0, options),
    domain.info(options),
  ]);
  const facts = readDomain(xml, spec, record.leaving);
  const machine = machineState(state, record);
  return {
    id: spec.id,
    name: spec.name,
    hypervisor: 'kvm-qemu',
    state: machine,
    observedAt: new Date().toISOString(),
    disks: facts.disks,
    interfaces: facts.interfaces.map(({ id, mac, linkUp }) => ({ id, mac, linkUp })),
    guestAgent: { connected: isAlive({ state: machine }) && facts.agentConnected },
    vcpus: info.vcpus,
    memory: { currentBytes: info.memoryKiB * 1024 },
    ...(facts.machineType === undefined ? {} : { machineType: facts.machineType }),
    ...(record.startedAt === undefined
      ? {}
      : { startedAt: record.startedAt, acceleration: facts.virtType === 'kvm' ? 'hardware' : 'emulation' }),
  };
}
