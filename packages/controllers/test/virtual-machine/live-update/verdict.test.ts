import type { VirtualMachineInstance, VirtualMachineInstanceSpec } from '@virtkit/core-types';
import { describe, expect, it } from 'vitest';
import { liveTopics, type LiveUpdateFacts } from '../../../src/virtual-machine/live-update/facts.ts';
import { judgeLiveUpdate } from '../../../src/virtual-machine/live-update/verdict.ts';
import { instanceOf } from '../../builders.ts';

type Spec = VirtualMachineInstanceSpec;
type Domain = Spec['domain'];
interface Change {
  readonly domain?: Partial<Domain>;
  readonly spec?: Partial<Spec>;
}

const claim = (name: string, claimName = name, hotpluggable?: boolean) => ({
  name,
  persistentVolumeClaim: { claimName, ...(hotpluggable === undefined ? {} : { hotpluggable }) },
});
const root = { name: 'root', containerDisk: { image: 'image:1' } };
const rootDisk = { name: 'root', disk: { bus: 'virtio' } };
const nic = { name: 'default', masquerade: {} };
const second = { name: 'second', bridge: {} };
const network = { name: 'default', pod: {} };
const secondNetwork = { name: 'second', multus: { networkName: 'nad' } };

function specOf({ domain = {}, spec = {} }: Change = {}): Spec {
  return {
    architecture: 'amd64',
    networks: [network, secondNetwork],
    volumes: [root],
    ...spec,
    domain: {
      cpu: { sockets: 2, cores: 1, threads: 1 },
      memory: { guest: '2Gi' },
      ...domain,
      devices: { disks: [rootDisk], interfaces: [nic, second], ...domain.devices },
    },
  };
}

const migratable = [{ type: 'LiveMigratable', status: 'True' }];

function running(change: Change = {}, status: VirtualMachineInstance['status'] = {}): VirtualMachineInstance {
  const spec = specOf(change);
  const domain = {
    ...spec.domain,
    cpu: { maxSockets: 8, ...spec.domain.cpu },
    memory: { maxGuest: '8Gi', ...spec.domain.memory },
  };
  const seen = { phase: 'Running', conditions: migratable, memory: { guestAtBoot: '2Gi' }, ...status };
  return instanceOf(seen, {}, { ...spec, domain });
}

/** What a change comes to. All topics are carried, as in KubeVirt, unless said otherwise. */
function judge(wanted: Change, options: Partial<LiveUpdateFacts> & { from?: Change } = {}) {
  const { from = {}, ...facts } = options;
  return judgeLiveUpdate({
    instance: running(from),
    started: specOf(from),
    wanted: specOf({
      domain: { ...from.domain, ...wanted.domain },
      spec: { ...from.spec, ...wanted.spec },
    }),
    updateVolumesStrategy: undefined,
    rollsOutLive: true,
    carried: liveTopics,
    migrating: false,
    ...facts,
  });
}

const restarts = (wanted: Change, options?: Parameters<typeof judge>[1]) =>
  judge(wanted, options).restartRequired;
const sockets = (count: number): Change => ({ domain: { cpu: { sockets: count, cores: 1, threads: 1 } } });
const guest = (amount: string): Change => ({ domain: { memory: { guest: amount } } });
const volumes = (...list: NonNullable<Spec['volumes']>): Change => ({
  spec: { volumes: [root, ...list] },
  domain: { devices: { disks: [rootDisk, ...list.map(({ name }) => ({ name }))] } },
});

describe('a changed template', () => {
  it('RUNU-2: volumes and disks that can be plugged follow the template', () => {
    const pluggable = claim('data', 'data', true);
    expect(restarts(volumes(pluggable))).toBe(false);
    expect(restarts(volumes(), { from: volumes(pluggable) })).toBe(false);
    expect(restarts(volumes(claim('data', 'other', true)), { from: volumes(pluggable) })).toBe(false);
    expect(restarts(volumes({ name: 'dump', memoryDump: { claimName: 'dump' } }))).toBe(false);
    // A claim is exchanged below the guest where the strategy says so.
    const exchanged = volumes(claim('data', 'other'));
    expect(restarts(exchanged, { from: volumes(claim('data')) })).toBe(true);
    expect(restarts(exchanged, { from: volumes(claim('data')), updateVolumesStrategy: 'Migration' })).toBe(
      false,
    );
  });

  it.each<[string, Change]>([
    ['sockets', sockets(4)],
    ['memory', guest('4Gi')],
    ['a node selector', { spec: { nodeSelector: { zone: 'a' } } }],
    ['affinity', { spec: { affinity: { nodeAffinity: {} } } }],
    ['tolerations', { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } }],
  ])('RUNU-3: %s follow only where changes are rolled out live', (_name, change) => {
    expect(restarts(change)).toBe(false);
    expect(restarts(change, { rollsOutLive: false })).toBe(true);
  });

  it.each<[boolean, string, Change, Change?]>([
    [
      false,
      'an interface is added',
      {
        domain: { devices: { interfaces: [nic, second, { name: 'third', bridge: {} }] } },
        spec: { networks: [network, secondNetwork, { name: 'third', multus: { networkName: 'third' } }] },
      },
    ],
    [
      false,
      'an interface changes its state',
      { domain: { devices: { interfaces: [nic, { ...second, state: 'absent' }] } } },
    ],
    [
      true,
      'an interface is removed',
      { domain: { devices: { interfaces: [nic] } }, spec: { networks: [network] } },
    ],
    [
      true,
      'an interface changes its model',
      { domain: { devices: { interfaces: [nic, { ...second, model: 'e1000e' }] } } },
    ],
    [true, 'a network is removed', { spec: { networks: [network] } }],
    [
      false,
      'a migratable instance moves to another network',
      { spec: { networks: [network, { name: 'second', multus: { networkName: 'other' } }] } },
    ],
    [
      true,
      'a network becomes the default',
      { spec: { networks: [network, { name: 'second', multus: { networkName: 'nad', default: true } }] } },
    ],
    [
      true,
      'the network of Pods is added',
      { spec: { networks: [network, secondNetwork] } },
      { spec: { networks: [secondNetwork] } },
    ],
  ])('RUNU-4: restart %s when %s', (expected, _name, change, from) => {
    expect(restarts(change, from === undefined ? {} : { from })).toBe(expected);
  });

  it('RUNU-4: an interface that was unplugged may go from the template; an instance that cannot migrate keeps its networks', () => {
    const without: Change = { domain: { devices: { interfaces: [nic] } }, spec: { networks: [network] } };
    expect(restarts(without, { instance: running(without) })).toBe(false);
    const moved: Change = {
      spec: { networks: [network, { name: 'second', multus: { networkName: 'other' } }] },
    };
    expect(restarts(moved, { instance: running({}, { conditions: [] }) })).toBe(true);
  });

  it.each<[string, Change, Change?]>([
    [
      'a CD-ROM is removed',
      volumes(),
      {
        spec: { volumes: [root, claim('cd', 'cd', true)] },
        domain: { devices: { disks: [rootDisk, { name: 'cd', cdrom: {} }] } },
      },
    ],
    ['a disk changes its bus', { domain: { devices: { disks: [{ name: 'root', disk: { bus: 'sata' } }] } } }],
    ['a volume changes', { spec: { volumes: [{ name: 'root', containerDisk: { image: 'image:2' } }] } }],
    ['a volume is added that cannot be plugged', volumes(claim('data'))],
    ['one of two cannot be plugged', volumes(claim('a', 'a', true), claim('b'))],
  ])('RUNU-5: a restart is required when %s', (_name, change, from) => {
    expect(restarts(change, from === undefined ? {} : { from })).toBe(true);
  });

  it('RUNU-6: sockets follow between what there is and the maximum, not on arm64, and wait for what is under way', () => {
    expect(judge(sockets(8))).toEqual({ restartRequired: false });
    expect(restarts(sockets(9))).toBe(true);
    expect(restarts(sockets(1))).toBe(true);
    const arm: Change = { spec: { architecture: 'arm64' } };
    expect(restarts({ ...sockets(4), ...arm }, { from: arm })).toBe(true);
    const waits = { restartRequired: false, failure: { reason: 'HotPlugCPUError' } };
    expect(judge(sockets(4), { migrating: true })).toMatchObject(waits);
    const changing = running({}, { conditions: [{ type: 'HotVCPUChange', status: 'True' }] });
    expect(judge(sockets(4), { instance: changing })).toMatchObject(waits);
  });

  it.each<[string, string, VirtualMachineInstance, Change?]>([
    ['cannot migrate', '4Gi', running({}, { conditions: [] })],
    ['has no maximum', '4Gi', running({ domain: { memory: { guest: '2Gi', maxGuest: undefined } } })],
    [
      'has memory that cannot be added to',
      '4Gi',
      running({ domain: { cpu: { sockets: 2, cores: 1, threads: 1, realtime: {} } } }),
      { domain: { cpu: { sockets: 2, cores: 1, threads: 1, realtime: {} } } },
    ],
    ['would have less than at boot', '1Gi', running()],
    ['would have more than its maximum', '9Gi', running()],
    [
      'failed to change its memory before',
      '4Gi',
      running({}, { conditions: [...migratable, { type: 'HotMemoryChange', status: 'False' }] }),
    ],
  ])('RUNU-7: a restart is required when the instance %s', (_name, amount, instance, from) => {
    expect(restarts(guest(amount), { instance, ...(from === undefined ? {} : { from }) })).toBe(true);
    expect(restarts(guest('4Gi'))).toBe(false);
  });

  it('RUNU-7: memory waits for what is under way', () => {
    const waits = { restartRequired: false, failure: { reason: 'HotPlugMemoryError' } };
    expect(judge(guest('4Gi'), { migrating: true })).toMatchObject(waits);
    const conditions = [...migratable, { type: 'HotMemoryChange', status: 'True' }];
    expect(judge(guest('4Gi'), { instance: running({}, { conditions }) })).toMatchObject(waits);
  });

  it('RUNU-8: placement waits for a migration to end, and is written to the instance otherwise', () => {
    const selector: Change = { spec: { nodeSelector: { zone: 'a' } } };
    const tolerating: Change = { spec: { tolerations: [{ operator: 'Exists' }] } };
    expect(judge(selector, { migrating: true }).failure?.reason).toBe('AffinityChangeError');
    expect(judge(tolerating, { migrating: true }).failure?.reason).toBe('TolerationsChangeError');
    expect(judge(selector).update?.spec).toEqual({ ...running().spec, nodeSelector: { zone: 'a' } });
    // What the template no longer says goes from the instance too.
    expect(judge({ spec: { nodeSelector: undefined } }, { from: selector }).update?.spec).toEqual(
      running().spec,
    );
    expect(judge({}, { from: selector })).toEqual({ restartRequired: false });
  });

  it('RUNU-9: any other difference requires a restart, until it is taken back', () => {
    expect(restarts({ spec: { hostname: 'other' } })).toBe(true);
    expect(restarts({ domain: { cpu: { sockets: 2, cores: 2, threads: 1 } } })).toBe(true);
    expect(judge({})).toEqual({ restartRequired: false });
    // Amounts are compared by value, and an empty list is none.
    expect(restarts({ ...guest('2048Mi'), spec: { tolerations: [] } }, { rollsOutLive: false })).toBe(false);
  });

  it('RUNU-10: a firmware identity that is that of the instance is no change', () => {
    const identity = (uuid: string): Change => ({ domain: { firmware: { uuid } } });
    const instance = running(identity('one'));
    expect(restarts(identity('one'), { instance })).toBe(false);
    expect(restarts(identity('two'), { instance })).toBe(true);
  });

  it('RUNU-11: volumes are exchanged by known strategies, and not below file systems, shared disks and LUNs', () => {
    expect(judge({}, { updateVolumesStrategy: 'Swap' }).failure?.reason).toBe('VolumesUpdateError');
    expect(judge({}, { updateVolumesStrategy: 'Replacement' })).toEqual({ restartRequired: false });
    const exchange = (devices: Domain['devices']) =>
      restarts(
        { spec: { volumes: [root, claim('data', 'new')] }, domain: { devices } },
        {
          from: { spec: { volumes: [root, claim('data', 'old')] }, domain: { devices } },
          updateVolumesStrategy: 'Migration',
        },
      );
    const disks = (disk: object) => ({ disks: [rootDisk, { name: 'data', ...disk }] });
    expect(exchange(disks({ disk: {} }))).toBe(false);
    expect(exchange(disks({ disk: {}, shareable: true }))).toBe(true);
    expect(exchange(disks({ lun: {} }))).toBe(true);
    expect(exchange({ disks: [rootDisk], filesystems: [{ name: 'data', virtiofs: {} }] })).toBe(true);
  });

  it('waits for a restart with what is not carried here', () => {
    const carried = new Set(['placement' as const]);
    expect(restarts(sockets(4), { carried })).toBe(true);
    expect(restarts(guest('4Gi'), { carried })).toBe(true);
    expect(restarts(volumes(claim('data', 'data', true)), { carried })).toBe(true);
    expect(restarts({ spec: { nodeSelector: { zone: 'a' } } }, { carried })).toBe(false);
  });
});
