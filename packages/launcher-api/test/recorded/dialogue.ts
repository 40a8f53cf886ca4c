import { HalError, parseMachineSpec } from '@virtkit/hal';
import type { LauncherClient } from '@virtkit/launcher-api';

/** As a node agent sends it: with every default filled in. */
const spec = parseMachineSpec(
  {
    version: 1,
    id: 'small',
    name: 'default_small',
    architecture: 'x86_64',
    acceleration: 'prefer-hardware',
    cpu: { sockets: 1, cores: 2, threads: 1, model: { kind: 'default' } },
    memory: { sizeBytes: 64 * 1024 * 1024 },
    firmware: { uuid: '5d307ca9-b3ef-428c-8861-06e72d69f223' },
    disks: [
      { id: 'empty', device: 'disk', bus: 'virtio', source: { kind: 'scratch', sizeBytes: 1024 * 1024 } },
    ],
    interfaces: [
      { id: 'default', model: 'virtio', mac: '02:00:00:00:00:01', backend: { kind: 'tap', device: 'tap0' } },
    ],
    serialConsole: {},
    display: {},
  },
  'mock',
);

/** A guest of the mock hypervisor that is up at once, so that what is said does not depend on the speed of a machine. */
export const promptGuest = { boot: [{ afterMs: 0, console: 'up' }], agentAfterMs: 0 };

/** Of the guest of the dialogue. */
export const lease = {
  bridge: 'k6t-eth0',
  gateway: '10.0.2.1',
  prefix: 24,
  guestAddress: '10.0.2.2',
  mac: '02:00:00:00:00:01',
  mtu: 1500,
  hostname: 'small',
};

/** What a node agent asks of a launcher in the life of a machine, one call after the other. @returns what each came to: a value, or the code that it was refused with */
export async function dialogue({
  hypervisor,
  ...launcher
}: LauncherClient): Promise<Record<string, unknown>> {
  const outcomes: Record<string, unknown> = {};
  const say = async (name: string, call: () => Promise<unknown>): Promise<void> => {
    try {
      outcomes[name] = (await call()) ?? 'done';
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      outcomes[name] = { refused: error.code };
    }
  };
  await say('facets', async () => [...hypervisor.supports]);
  await say('info', () => launcher.info());
  await say('facts', () => launcher.facts());
  // As a node agent asks before each start: with every member, whether the machine has such things or not.
  await say('facts of a plain machine', () =>
    launcher.facts({
      volumes: {},
      disks: {},
      diskRoom: { reserveBytes: 131_072, tolerancePercent: 10 },
      devices: [],
      cpus: false,
      cloudInitSecrets: [],
      credentials: [],
    }),
  );
  await say('facts of claims', () =>
    launcher.facts({ disks: { data: { file: 'disk.img', readOnly: false, shared: false } } }),
  );
  await say('dhcp', () =>
    launcher.configureDhcp({
      interfaces: [{ ...lease, routes: [], options: { ntpServers: [], privateOptions: [] } }],
      ipv6: [],
    }),
  );
  await say('dhcp on an address of its own', () =>
    launcher.configureDhcp({ interfaces: [{ ...lease, serverAddress: '10.0.2.3' }] }),
  );
  await say('dhcp for IPv6', () =>
    launcher.configureDhcp({
      interfaces: [lease],
      ipv6: [{ bridge: lease.bridge, guestAddress: 'fd10:0:2::2' }],
    }),
  );
  const machine = await hypervisor.define(spec);
  await say('list', async () => (await hypervisor.list()).map(({ id, name }) => ({ id, name })));
  await say('find', async () => (await hypervisor.machine(spec.id))?.name);
  await say('spec', async () => (await machine.spec()).firmware);
  const phase = async () => (await machine.observe()).state;
  await say('start', () => machine.start());
  await say('started', phase);
  await say('pause', async () => machine.facet('pause').pause());
  await say('paused', phase);
  await say('resume', async () => machine.facet('pause').resume());
  await say('resumed', phase);
  await say('log', async () => (await machine.facet('consoles').log()) instanceof Uint8Array);
  await say('agent', async () => machine.facet('guestAgent').ping());
  await say('guest', async () => (await machine.facet('guestAgent').info()).hostname);
  await say('users', async () => (await machine.facet('guestAgent').users()).length);
  await say('file systems', async () => (await machine.facet('guestAgent').filesystems()).length);
  await say('freeze', async () => machine.facet('guestAgent').freeze());
  await say('frozen', async () => machine.facet('guestAgent').frozen());
  await say('thaw', async () => machine.facet('guestAgent').thaw());
  await say('password', async () => machine.facet('guestAgent').setPassword('guest', 'secret'));
  await say('statistics', async () => Object.keys(await machine.facet('statistics').read()));
  await say('stop', () => machine.stop('force'));
  await say('stopped', phase);
  await say('undefine', () => machine.undefine());
  await say('gone', async () => (await hypervisor.machine(spec.id)) === undefined);
  return outcomes;
}
