import { getCondition, type VirtualMachineInstance } from '@virtkit/core-types';
import type { GuestInfo, MachineState, Observed } from '@virtkit/hal';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instancePhase, projectStatus, requiredAgentCommands, type StatusInput } from '../src/index.ts';
import { instance, now, observation } from './instances.ts';

const guest: GuestInfo = {
  agentVersion: '7.2.0',
  supportedCommands: [...requiredAgentCommands],
  os: { id: 'debian', name: 'Debian GNU/Linux', kernelRelease: '6.1.0' },
  interfaces: [
    {
      name: 'lo',
      mac: '00:00:00:00:00:00',
      addresses: [{ family: 'ipv4', address: '127.0.0.1', prefix: 8 }],
    },
    {
      name: 'eth0',
      mac: '02:AA:BB:CC:DD:EE',
      addresses: [
        { family: 'ipv6', address: 'fe80::1', prefix: 64 },
        { family: 'ipv4', address: '10.0.2.2', prefix: 24 },
      ],
    },
    { name: 'docker0', mac: '02:42:00:00:00:01', addresses: [] },
  ],
};

function input(change: Partial<StatusInput> = {}, phase = 'Running'): StatusInput {
  const vmi = instance();
  vmi.status = {
    phase,
    nodeName: 'node-1',
    phaseTransitionTimestamps: [{ phase: 'Pending', phaseTransitionTimestamp: now }],
    conditions: [{ type: 'Ready', status: 'True' }],
    interfaces: [{ name: 'default', podInterfaceName: 'eth0' }],
    memory: { guestAtBoot: '128Mi', guestCurrent: '128Mi', guestRequested: '128Mi' },
    currentCPUTopology: { sockets: 2, cores: 1, threads: 1 },
  };
  return {
    instance: vmi,
    observed: observation(),
    lost: false,
    guest: undefined,
    podAddresses: { default: ['10.244.0.7'] },
    failure: undefined,
    now,
    ...change,
  };
}

const again = (before: StatusInput, change: Partial<StatusInput> = {}): StatusInput => {
  const vmi: VirtualMachineInstance = { ...before.instance, status: projectStatus(before) };
  return { ...before, instance: vmi, ...change };
};
const connected = observation({ guestAgent: { connected: true } });
const pausedFor = (reason: 'user' | 'io-error' | 'watchdog' | 'starting'): Observed =>
  observation({ state: { kind: 'paused', reason } });
const condition = (status: ReturnType<typeof projectStatus>, type: string) =>
  getCondition(status.conditions, type);

describe('instancePhase', () => {
  const stopped = (reason: Extract<MachineState, { kind: 'stopped' }>['reason']): MachineState => ({
    kind: 'stopped',
    reason,
  });
  const rows: [from: string, state: MachineState | undefined, grace: number | undefined, to: string][] = [
    ['Scheduled', undefined, undefined, 'Scheduled'],
    ['Scheduled', { kind: 'defined' }, undefined, 'Scheduled'],
    ['Scheduled', { kind: 'running' }, undefined, 'Running'],
    ['Scheduled', { kind: 'paused', reason: 'starting' }, undefined, 'Running'],
    ['Running', { kind: 'paused', reason: 'io-error' }, undefined, 'Running'],
    ['Running', { kind: 'paused', reason: 'post-copy-failed' }, undefined, 'Failed'],
    ['Running', { kind: 'shutting-down' }, undefined, 'Running'],
    ['Running', stopped('shutdown'), undefined, 'Succeeded'],
    ['Running', stopped('saved'), undefined, 'Succeeded'],
    ['Running', stopped('crashed'), undefined, 'Failed'],
    ['Running', stopped('panicked'), undefined, 'Failed'],
    ['Running', stopped('destroyed'), undefined, 'Failed'],
    ['Running', stopped('destroyed'), 30, 'Failed'],
    ['Running', stopped('destroyed'), 0, 'Succeeded'],
    ['Running', stopped('migrated'), undefined, 'Running'],
    ['Scheduled', stopped('failed'), undefined, 'Failed'],
    ['Scheduled', stopped('unknown'), undefined, 'Failed'],
    ['Pending', { kind: 'running' }, undefined, 'Pending'],
    ['Scheduling', stopped('crashed'), undefined, 'Scheduling'],
    ['Succeeded', { kind: 'running' }, undefined, 'Succeeded'],
    ['Failed', { kind: 'running' }, undefined, 'Failed'],
  ];
  it.each(rows)('%s with %j and grace %s becomes %s', (phase, state, gracePeriodSeconds, to) => {
    expect(instancePhase({ phase, state, lost: false, gracePeriodSeconds })).toBe(to);
  });

  it.each([
    ['Scheduled', 'Failed'],
    ['Running', 'Failed'],
    ['Pending', 'Pending'],
    ['Succeeded', 'Succeeded'],
  ])('%s without its launcher becomes %s', (phase, to) => {
    expect(instancePhase({ phase, state: undefined, lost: true, gracePeriodSeconds: undefined })).toBe(to);
  });
});

describe('projectStatus', () => {
  it('DOM-11.21: says whether the guest took its credentials, and keeps that while nobody knows better', () => {
    const type = 'AccessCredentialsSynchronized';
    expect(condition(projectStatus(input()), type)).toBeUndefined();
    const failed = input({ credentials: { synchronized: false, message: 'no user me' } });
    expect(condition(projectStatus(failed), type)).toMatchObject({ status: 'False', message: 'no user me' });
    expect(condition(projectStatus(again(failed, { credentials: undefined })), type)?.status).toBe('False');
    const told = again(failed, { credentials: { synchronized: true } });
    expect(condition(projectStatus(told), type)).toMatchObject({ status: 'True', message: '' });
  });

  it.each([
    [
      'public key',
      { sshPublicKey: { source: {}, propagationMethod: { qemuGuestAgent: { users: ['me'] } } } },
      'guest-ssh-add-authorized-keys',
    ],
    [
      'password',
      { userPassword: { source: {}, propagationMethod: { qemuGuestAgent: {} } } },
      'guest-set-user-password',
    ],
  ])('says that an agent cannot be told a %s', (kind, credential, command) => {
    const before = input({ observed: connected, guest });
    before.instance.spec.accessCredentials = [credential];
    expect(condition(projectStatus(before), 'AgentVersionNotSupported')).toMatchObject({
      reason: `This guest agent doesn't support required ${kind} commands`,
      message: `missing: ${command}`,
    });
    const able = { ...guest, supportedCommands: [...guest.supportedCommands, command] };
    expect(condition(projectStatus({ ...before, guest: able }), 'AgentVersionNotSupported')).toBeUndefined();
  });

  it('never changes a final status', () => {
    const before = input({ failure: 'x' }, 'Failed');
    expect(projectStatus(before)).toBe(before.instance.status);
  });

  it('records the first entry into a phase only', () => {
    const first = projectStatus(input({}, 'Scheduled'));
    expect(first.phaseTransitionTimestamps?.map(({ phase }) => phase)).toEqual(['Pending', 'Running']);
    const later = again(input({}, 'Scheduled'), { now: '2027-01-01T00:00:00Z' });
    expect(projectStatus(later).phaseTransitionTimestamps).toEqual(first.phaseTransitionTimestamps);
  });

  it('keeps what others write', () => {
    const before = input();
    const status = projectStatus(before);
    expect(status).toMatchObject({ nodeName: 'node-1', currentCPUTopology: { sockets: 2 } });
    expect(condition(status, 'Ready')).toEqual({ type: 'Ready', status: 'True' });
  });

  it('reports machine type, targets, seed size and migration method', () => {
    expect(projectStatus(input())).toMatchObject({
      machine: { type: 'pc-q35-7.2' },
      migrationMethod: 'BlockMigration',
      volumeStatus: [
        { name: 'root', target: 'vda' },
        { name: 'seed', target: 'vdb', size: 1_048_576 },
      ],
    });
  });

  it('leaves an amount that did not change as it was written', () => {
    const before = input();
    before.instance.status!.memory!.guestCurrent = '0.125Gi';
    expect(projectStatus(before).memory?.guestCurrent).toBe('0.125Gi');
    const less = input({ observed: observation({ memory: { currentBytes: 64 * 1024 * 1024 } }) });
    expect(projectStatus(less).memory).toEqual({
      guestAtBoot: '128Mi',
      guestCurrent: '64Mi',
      guestRequested: '128Mi',
    });
  });

  it.each([
    ['user', 'PausedByUser'],
    ['io-error', 'PausedIOError'],
    ['watchdog', undefined],
    ['starting', undefined],
  ] as const)('a pause for %s has the condition reason %s', (reason, expected) => {
    expect(condition(projectStatus(input({ observed: pausedFor(reason) })), 'Paused')?.reason).toBe(expected);
  });

  it('a start that was asked to be paused counts as paused by the user', () => {
    const before = input({ observed: pausedFor('starting') });
    before.instance.spec.startStrategy = 'Paused';
    expect(condition(projectStatus(before), 'Paused')).toMatchObject({
      status: 'True',
      reason: 'PausedByUser',
    });
  });

  it('a pause keeps its first reason and ends with the pause', () => {
    const paused = again(input({ observed: pausedFor('user') }), { observed: pausedFor('io-error') });
    expect(condition(projectStatus(paused), 'Paused')?.reason).toBe('PausedByUser');
    expect(condition(projectStatus(again(paused, { observed: observation() })), 'Paused')).toBeUndefined();
  });

  it('says whether the agent is connected and good enough', () => {
    const weak = input({ observed: connected, guest: { ...guest, supportedCommands: ['guest-ping'] } });
    const status = projectStatus(weak);
    expect(condition(status, 'AgentConnected')?.status).toBe('True');
    expect(condition(status, 'AgentVersionNotSupported')?.status).toBe('True');
    const gone = projectStatus(again(weak, { observed: observation() }));
    expect(condition(gone, 'AgentConnected')).toBeUndefined();
    expect(condition(gone, 'AgentVersionNotSupported')?.status).toBe('True');
    const good = projectStatus(again(weak, { guest }));
    expect(condition(good, 'AgentVersionNotSupported')).toBeUndefined();
  });

  it('says that nothing migrates', () => {
    const status = projectStatus(input());
    expect(condition(status, 'LiveMigratable')).toMatchObject({ status: 'False', reason: 'NotMigratable' });
    expect(condition(status, 'StorageLiveMigratable')).toMatchObject({
      status: 'False',
      reason: 'NotMigratable',
    });
  });

  it('reports a failed attempt until one succeeds', () => {
    const failed = input({ failure: 'no such image' });
    expect(condition(projectStatus(failed), 'Synchronized')).toMatchObject({
      status: 'False',
      reason: 'Synchronizing with the Domain failed.',
      message: 'no such image',
    });
    expect(condition(projectStatus(again(failed, { failure: undefined })), 'Synchronized')).toBeUndefined();
  });

  it('lists the interface with the address of its Pod', () => {
    expect(projectStatus(input()).interfaces).toEqual([
      {
        name: 'default',
        mac: '02:aa:bb:cc:dd:ee',
        ipAddress: '10.244.0.7',
        ipAddresses: ['10.244.0.7'],
        podInterfaceName: 'eth0',
        infoSource: 'domain',
        queueCount: 1,
        linkState: 'up',
      },
    ]);
  });

  it('says that the link is down while nothing carries the packets of the interface', () => {
    const link = (running: boolean) => {
      const observed = observation();
      observed.interfaces[0]!.process = { running };
      return projectStatus(input({ observed })).interfaces?.[0]?.linkState;
    };
    expect(link(true)).toBe('up');
    expect(link(false)).toBe('down');
  });

  it('lays over it what the agent says and appends what only the guest knows', () => {
    const [first, second, ...rest] = projectStatus(input({ observed: connected, guest })).interfaces ?? [];
    expect(first).toMatchObject({
      ipAddresses: ['10.244.0.7'],
      interfaceName: 'eth0',
      infoSource: 'domain, guest-agent',
    });
    expect(second).toEqual({ interfaceName: 'docker0', mac: '02:42:00:00:00:01', infoSource: 'guest-agent' });
    expect(rest).toEqual([]);
  });

  it("takes the guest's address where the Pod has none, and none where the guest has none", () => {
    const userMode = input({ observed: connected, guest, podAddresses: {} });
    expect(projectStatus(userMode).interfaces?.[0]?.ipAddresses).toEqual(['10.0.2.2']);
    const silent = { ...guest, interfaces: [{ ...guest.interfaces[1]!, addresses: [] }] };
    expect(projectStatus(input({ observed: connected, guest: silent })).interfaces?.[0]).not.toHaveProperty(
      'ipAddress',
    );
  });

  it("lists its Pod's IPv6 address once the guest has one that is not link-local", () => {
    const podAddresses = { default: ['10.244.0.7', 'fd00:244::7'] };
    const listed = (...addresses: GuestInfo['interfaces'][number]['addresses']) => {
      const interfaces = [{ ...guest.interfaces[1]!, addresses }];
      const status = projectStatus(
        input({ observed: connected, guest: { ...guest, interfaces }, podAddresses }),
      );
      return status.interfaces?.[0]?.ipAddresses;
    };
    const linkLocal = { family: 'ipv6', address: 'fe80::1', prefix: 64 } as const;
    const ipv4 = { family: 'ipv4', address: '10.0.2.2', prefix: 24 } as const;
    const ipv6 = { family: 'ipv6', address: 'fd10:0:2::2', prefix: 128 } as const;
    expect(listed(linkLocal)).toBeUndefined();
    expect(listed(linkLocal, ipv4)).toEqual(['10.244.0.7']);
    expect(listed(linkLocal, ipv6)).toEqual(['fd00:244::7']);
    expect(listed(linkLocal, ipv4, ipv6)).toEqual(podAddresses.default);
  });

  it('lists at most ten interfaces that only the guest knows', () => {
    const interfaces = Array.from({ length: 15 }, (_, index) => ({ name: `veth${index}`, addresses: [] }));
    const status = projectStatus(input({ observed: connected, guest: { ...guest, interfaces } }));
    expect(status.interfaces).toHaveLength(11);
  });

  it('refreshes the operating system when its name changes only', () => {
    const first = input({ observed: connected, guest });
    const os = { ...guest.os, kernelRelease: '6.2.0' };
    expect(projectStatus(again(first, { guest: { ...guest, os } })).guestOSInfo?.kernelRelease).toBe('6.1.0');
    const other = { ...guest, os: { name: 'Fedora' } };
    expect(projectStatus(again(first, { guest: other })).guestOSInfo).toEqual({ name: 'Fedora' });
  });

  it('tells that file systems are frozen, no more once they are thawed, and nothing new while nobody knows', () => {
    const status = (frozen: boolean | undefined, from = input({ observed: connected })) =>
      projectStatus(again(from, { frozen }));
    expect(status(undefined).fsFreezeStatus).toBeUndefined();
    expect(status(false).fsFreezeStatus).toBeUndefined();
    const frozen = input({ observed: connected, frozen: true });
    expect(projectStatus(frozen).fsFreezeStatus).toBe('frozen');
    expect(status(undefined, frozen).fsFreezeStatus).toBe('frozen');
    expect(status(false, frozen).fsFreezeStatus).toBeUndefined();
  });

  it('is a fixed point: the same sighting at a later time changes nothing', () => {
    const states: MachineState[] = [
      { kind: 'defined' },
      { kind: 'running' },
      { kind: 'paused', reason: 'user' },
      { kind: 'paused', reason: 'io-error' },
      { kind: 'shutting-down' },
      { kind: 'stopped', reason: 'shutdown' },
      { kind: 'stopped', reason: 'destroyed' },
      { kind: 'stopped', reason: 'migrated' },
    ];
    fc.assert(
      fc.property(
        fc.constantFrom('Pending', 'Scheduled', 'Running', 'Succeeded'),
        fc.option(fc.constantFrom(...states), { nil: undefined }),
        fc.boolean(),
        fc.boolean(),
        fc.option(fc.constant(guest), { nil: undefined }),
        fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
        (phase, state, agent, lost, info, failure) => {
          const observed = state && observation({ state, guestAgent: { connected: agent } });
          const first = input({ observed, lost, guest: info, failure }, phase);
          const second = again(first, { now: '2027-01-01T00:00:00Z' });
          expect(projectStatus(second)).toEqual(second.instance.status);
        },
      ),
    );
  });
});
