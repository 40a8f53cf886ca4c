import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { MachineSpecInput } from '../machine-spec.ts';
import { HalError } from '../errors.ts';
import { poll, type Bench } from './bench.ts';
import { rejects } from './expectations.ts';
import type { ConformanceOptions } from './options.ts';
import { readUntil, within } from './streams.ts';
import { group, offers } from './suite.ts';

// The usbredir protocol, version 0.7: packets are type, length and id (all little-endian), and then what the type says.
const types = { hello: 0, deviceConnect: 1, deviceDisconnect: 2, disconnectAck: 24 } as const;
const versionBytes = 64;
/** Bits of the hello: devices tell their version, disconnecting is acknowledged, ids have 64 bits. */
const capabilities = (1 << 1) | (1 << 3) | (1 << 5);

/** USB redirection: slots, who may have them, and that the guest's side answers. */
export function usbRedirectionFacet(options: ConformanceOptions): void {
  if (!offers(options, 'usbRedirection')) return;
  group(options, 'USB redirection', ({ test }) => {
    test('a client and the guest greet each other, and a device that goes is acknowledged', async (bench) => {
      const machine = await bench.start(await twoSlots(bench));
      const stream = await machine.facet('usbRedirection').open(0);
      await greet(stream, bench);
      stream.write(packet(types.deviceConnect, Buffer.from([1, 0, 0, 0, 0x34, 0x12, 0x78, 0x56, 0, 1])));
      stream.write(packet(types.deviceDisconnect));
      await readUntil(stream, bench.timeouts.callMs, (bytes) =>
        packetTypes(bytes).includes(types.disconnectAck),
      );
      stream.destroy();
    });

    test('a slot has one client at a time and is free again when that leaves', async (bench) => {
      const machine = await bench.start(await twoSlots(bench));
      const usb = machine.facet('usbRedirection');
      const first = await usb.open(0);
      await greet(first, bench);
      await rejects(() => usb.open(0), 'conflict');
      const second = await usb.open(1);
      await greet(second, bench);
      const closed = once(first, 'close');
      first.destroy();
      await within(bench.timeouts.callMs, 'the stream to close', closed);
      const again = await reopen(() => usb.open(0), bench);
      await greet(again, bench);
      again.destroy();
      second.destroy();
    });

    test('a stream ends when the machine stops', async (bench) => {
      const machine = await bench.start(await twoSlots(bench));
      const stream = await machine.facet('usbRedirection').open(1);
      stream.resume();
      const ended = within(bench.timeouts.stopMs, 'the stream to end', once(stream, 'end'));
      await machine.stop('force');
      await ended;
      stream.destroy();
    });

    test('there is no slot where the machine does not run or has none', async (bench) => {
      const machine = await bench.define(await twoSlots(bench));
      await rejects(() => machine.facet('usbRedirection').open(0), 'invalid-state');
      await machine.start();
      await rejects(() => machine.facet('usbRedirection').open(2), 'unsupported');
      await rejects(
        () => machine.facet('usbRedirection').open(0, { signal: AbortSignal.abort() }),
        'aborted',
      );
      const plain = await bench.start();
      await rejects(() => plain.facet('usbRedirection').open(0), 'unsupported');
    });
  });
}

async function twoSlots(bench: Bench): Promise<Partial<MachineSpecInput>> {
  const folder = await bench.folder();
  return { extraDevices: { usbRedirectionSockets: [0, 1].map((slot) => join(folder, `usb-${slot}`)) } };
}

/** Says hello and waits for the guest's. */
async function greet(stream: Duplex, bench: Bench): Promise<void> {
  const hello = Buffer.alloc(12 + versionBytes + 4);
  hello.writeUInt32LE(types.hello, 0);
  hello.writeUInt32LE(versionBytes + 4, 4);
  hello.write('conformance suite', 12, 'latin1');
  hello.writeUInt32LE(capabilities, 12 + versionBytes);
  stream.write(hello);
  const answer = await readUntil(stream, bench.timeouts.callMs, (bytes) => bytes.length >= hello.length);
  assert.equal(answer.readUInt32LE(0), types.hello);
  assert.ok(answer.readUInt32LE(4) >= versionBytes, 'a hello names a version');
  assert.ok(answer[12]! > 0, 'the version is not empty');
}

/** A packet after the hello, with an id of 64 bits. */
function packet(type: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(type, 0);
  header.writeUInt32LE(body.length, 4);
  return Buffer.concat([header, body]);
}

function packetTypes(bytes: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at + 16 <= bytes.length; at += 16 + bytes.readUInt32LE(at + 4))
    found.push(bytes.readUInt32LE(at));
  return found;
}

/** The other side may learn a moment later that the one before has left. */
async function reopen(open: () => Promise<Duplex>, bench: Bench): Promise<Duplex> {
  return poll('the slot to be free', bench.timeouts.callMs, async () => {
    try {
      return await open();
    } catch (error) {
      if (error instanceof HalError && error.code === 'conflict') return undefined;
      throw error;
    }
  });
}
