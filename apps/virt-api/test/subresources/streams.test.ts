import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { vsockQuery } from '../../src/subresources/streams.ts';
import { subresourceBench, type InstanceChange } from '../support/subresource-bench.ts';

const bench = subresourceBench();

const scheduled = { status: { phase: 'Scheduled' } };
const open = async (stream: string, change: InstanceChange): Promise<number> => {
  bench().agent.onStream = () => (socket) => socket.close(1000);
  return bench().streamStatus(`virtualmachineinstances/${await bench().instance(change)}/${stream}`);
};

describe('streams', () => {
  test.each<[string, InstanceChange, number]>([
    ['runs', {}, 101],
    ['has no console', { devices: { autoattachSerialConsole: false } }, 400],
    ['has failed', { status: { phase: 'Failed' } }, 409],
    ['does not run yet', scheduled, 400],
  ])('SUB-31: the console of an instance that %s', async (_title, change, status) => {
    expect(await open('console', change)).toBe(status);
  });

  test.each<[string, InstanceChange, number]>([
    ['runs', {}, 101],
    ['has no graphics', { devices: { autoattachGraphicsDevice: false } }, 400],
    ['does not run yet', scheduled, 400],
  ])('SUB-32: the display of an instance that %s', async (_title, change, status) => {
    expect(await open('vnc', change)).toBe(status);
    const name = await bench().instance(change);
    bench().agent.onCall = () => ({ status: 200, contentType: 'image/png', body: 'png' });
    const shot = await bench().ask('GET', `virtualmachineinstances/${name}/vnc/screenshot?moveCursor=true`);
    expect([shot.status, shot.contentType]).toEqual(
      status === 101 ? [200, 'image/png'] : [500, 'text/plain'],
    );
  });

  test.each([
    ['true', 'true'],
    ['1', 'true'],
    ['yes', 'false'],
    ['', 'false'],
  ])('SUB-32: preserveSession=%s means %s', async (asked, means) => {
    expect(await open(`vnc?preserveSession=${asked}`, {})).toBe(101);
    expect(bench().agent.calls.at(-1)).toContain(`/vnc?preserveSession=${means} `);
  });

  test.each<[string, InstanceChange, number]>([
    ['has no USB', { spec: { architecture: 's390x' }, devices: { clientPassthrough: {} } }, 409],
    ['has no redirection', {}, 409],
    ['does not run yet', { ...scheduled, devices: { clientPassthrough: {} } }, 400],
    ['has it', { devices: { clientPassthrough: {} } }, 101],
  ])('SUB-33: USB redirection of an instance that %s', async (_title, change, status) => {
    expect(await open('usbredir', change)).toBe(status);
  });

  test('SUB-33: all slots are taken, which the node agent says', async () => {
    const name = await bench().instance({ devices: { clientPassthrough: {} } });
    bench().agent.onStream = () => 503;
    expect(await bench().streamStatus(`virtualmachineinstances/${name}/usbredir`)).toBe(500);
  });

  test('SUB-34: a VSOCK device must be there, its port be named, and is encrypted by default', async () => {
    expect(await open('vsock?port=22', {})).toBe(400);
    const devices = { autoattachVSOCK: true };
    expect(await open('vsock', { devices })).toBe(400);
    expect(await open('vsock?port=4294967296', { devices })).toBe(400);
    expect(await open('vsock?port=22', { devices })).toBe(501);
    const query = (text: string) => vsockQuery(new URLSearchParams(text)).toString();
    expect(query('port=22')).toBe('port=22&tls=true');
    expect(query('port=22&tls=false')).toBe('port=22&tls=false');
  });
});

describe('portforward', () => {
  const address = { interfaces: [{ name: 'default', ipAddress: '127.0.0.1' }] };
  const paused = { ...address, conditions: [{ type: 'Paused', status: 'True' as const }] };

  async function withListener(use: (port: number) => Promise<void>): Promise<void> {
    const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      await use((server.address() as AddressInfo).port);
    } finally {
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  }

  test('SUB-35: a port of an instance is TCP unless said otherwise, in any phase', async () => {
    await withListener(async (port) => {
      for (const suffix of ['', '/tcp'])
        expect(
          await open(`portforward/${port}${suffix}`, { status: { ...address, phase: 'Scheduled' } }),
        ).toBe(101);
    });
    expect(await open('portforward/22', { status: paused })).toBe(409);
    expect(await open('portforward/22', {})).toBe(400);
    expect(await open('portforward/22/sctp', { status: address })).toBe(400);
  });

  test('SUB-35: a port of a machine is that of the instance which it started', async () => {
    await withListener(async (port) => {
      const to = (name: string) => bench().streamStatus(`virtualmachines/${name}/portforward/${port}`);
      expect(await to('nobody')).toBe(404);
      const stopped = await bench().machine();
      expect(await to(stopped)).toBe(409);
      const name = await bench().machine({}, { created: true });
      expect(await to(name)).toBe(404);
      const { uid = '' } = (await bench().client.virtualMachines.get(name)).metadata;
      const owner = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine', name, uid, controller: true };
      await bench().instance({ name, status: address, metadata: { ownerReferences: [owner] } });
      expect(await to(name)).toBe(101);
      const stranger = await bench().machine({}, { created: true });
      await bench().instance({ name: stranger, status: address });
      expect(await to(stranger)).toBe(500);
    });
  });
});
