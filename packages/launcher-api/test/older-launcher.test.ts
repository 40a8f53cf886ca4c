import { createMockHypervisor, MockHost } from '@virtkit/hal-mock';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectLauncher, serveLauncher, type DhcpSpec } from '@virtkit/launcher-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launcherOptions, rawRequest } from './launcher.ts';
import { dialogue, lease, promptGuest } from './recorded/dialogue.ts';
import { serveTranscript } from './recorded/transcript.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launcher-api-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What every launcher has done for a machine without anything new, from the first version of the contract on. */
const everSince = {
  facts: { volumes: {}, hardwareVirtualization: { state: 'usable' } },
  'facts of a plain machine': { volumes: {}, hardwareVirtualization: { state: 'usable' } },
  dhcp: 'done',
  list: [{ id: 'small', name: 'default_small' }],
  find: 'default_small',
  spec: { uuid: '5d307ca9-b3ef-428c-8861-06e72d69f223' },
  start: 'done',
  started: { kind: 'running' },
  pause: 'done',
  paused: { kind: 'paused' },
  resume: 'done',
  resumed: { kind: 'running' },
  agent: 'done',
  guest: 'small',
  users: 0,
  'file systems': 1,
  stop: 'done',
  stopped: { kind: 'stopped' },
  undefine: 'done',
  gone: true,
};
const refused = (code: string) => ({ refused: code });
const unsupported = refused('unsupported');
const unknownMember = refused('invalid-spec');

/** What was added later is refused, by a code that says so. */
const later = {
  '1.0': {
    'facts of claims': unknownMember,
    'dhcp on an address of its own': unknownMember,
    // Without it: guests get what there is.
    'dhcp for IPv6': 'done',
    freeze: unsupported,
    frozen: unsupported,
    thaw: unsupported,
    password: unsupported,
    statistics: unsupported,
  },
  '1.1': {
    'facts of claims': { volumes: {} },
    'dhcp on an address of its own': unknownMember,
    // Without it: guests get what there is.
    'dhcp for IPv6': 'done',
    freeze: 'done',
    frozen: true,
    thaw: 'done',
    // It has the call; the guest of the recording has no such user.
    password: refused('guest-agent-failed'),
    statistics: unsupported,
  },
} as const;

describe.each(['1.0', '1.1'] as const)('a launcher of API version %s, as it was recorded', (version) => {
  it('does what it knows, and refuses the rest by name', async () => {
    const socketPath = join(folder, 'launcher-sock');
    const file = join(import.meta.dirname, 'recorded', `launcher-${version}.json`);
    await using recorded = await serveTranscript(file, socketPath);
    await using client = await connectLauncher({ socketPath });
    const outcomes = await dialogue(client);
    expect(recorded.unheardOf).toEqual([]);
    expect(recorded.left()).toEqual([]);
    expect(outcomes).toMatchObject({ ...everSince, ...later[version], info: { apiVersion: version } });
  });

  it('is what a launcher of now is when it is told to speak that version', async () => {
    const sockets = { recorded: join(folder, 'recorded-sock'), restricted: join(folder, 'launcher-sock') };
    const file = join(import.meta.dirname, 'recorded', `launcher-${version}.json`);
    await using _recorded = await serveTranscript(file, sockets.recorded);
    const minor = Number(version.slice(2));
    await using hypervisor = await createMockHypervisor({ host: new MockHost({ behaviour: promptGuest }) });
    const options = launcherOptions({ hypervisor, socketPath: sockets.restricted, minor });
    await using _restricted = await serveLauncher(options);
    await using former = await connectLauncher({ socketPath: sockets.recorded });
    await using restricted = await connectLauncher({ socketPath: sockets.restricted });
    const moment = { pid: 0, startedAt: '' };
    const [was, is] = await Promise.all([former, restricted].map(dialogue));
    const { info: formerInfo, ...expected } = was!;
    const { info: presentInfo, ...found } = is!;
    expect(found).toEqual(expected);
    expect({ ...(presentInfo as object), ...moment }).toEqual({ ...(formerInfo as object), ...moment });
  });
});

it.each([
  { minor: 1, served: [] },
  { minor: 2, served: [{ bridge: 'k6t-eth0', guestAddress: 'fd10:0:2::2' }] },
])('a launcher of minor $minor serves IPv6 if it can, and IPv4 at any rate', async ({ minor, served }) => {
  const asked: DhcpSpec[] = [];
  await using hypervisor = await createMockHypervisor({ host: new MockHost() });
  const socketPath = join(folder, 'launcher-sock');
  const configureDhcp = async (spec: DhcpSpec) => void asked.push(spec);
  await using _server = await serveLauncher(
    launcherOptions({ hypervisor, socketPath, minor, configureDhcp }),
  );
  await using client = await connectLauncher({ socketPath });
  const spec = { interfaces: [lease], ipv6: [{ bridge: lease.bridge, guestAddress: 'fd10:0:2::2' }] };
  await client.configureDhcp(spec);
  expect(asked).toMatchObject([{ interfaces: [lease], ipv6: served }]);

  // Whoever asks all the same is refused, as by the launchers of that time.
  const { status } = await rawRequest(socketPath, 'PUT', '/v1/dhcp', JSON.stringify(spec));
  expect(status).toBe(minor < 2 ? 422 : 204);
});

it.each([3, -1, 0.5])('there is no minor %s to speak', async (minor) => {
  await using hypervisor = await createMockHypervisor({ host: new MockHost() });
  const options = launcherOptions({ hypervisor, socketPath: join(folder, 'launcher-sock'), minor });
  await expect(serveLauncher(options)).rejects.toThrow(RangeError);
});
