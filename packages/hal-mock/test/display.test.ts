import { inflateSync } from 'node:zlib';
import { parseMachineSpec } from '@virtkit/hal';
import { createMockHypervisor, encodePng } from '@virtkit/hal-mock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallMachine } from '@virtkit/testing/small-machine';

describe('encodePng', () => {
  it('stores exactly the pixels it was given', () => {
    const picture = fc
      .record({ width: fc.integer({ min: 1, max: 20 }), height: fc.integer({ min: 1, max: 20 }) })
      .chain(({ width, height }) =>
        fc
          .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
          .map((rgb) => ({ width, height, rgb })),
      );
    fc.assert(
      fc.property(picture, ({ width, height, rgb }) => {
        const png = Buffer.from(encodePng({ width, height, rgb }));
        const dataBytes = png.readUInt32BE(33);
        expect(png.subarray(37, 41).toString()).toBe('IDAT');
        const rows = inflateSync(png.subarray(41, 41 + dataBytes));
        const pixels = Array.from({ length: height }, (_, row) =>
          rows.subarray(row * (width * 3 + 1) + 1, (row + 1) * (width * 3 + 1)),
        );
        expect(Buffer.concat(pixels).equals(Buffer.from(rgb))).toBe(true);
      }),
    );
  });
});

describe('the mock display', () => {
  // RFC 6143, 7.1 to 7.6: handshake, initialisation, one framebuffer update, byte by byte.
  it('serves its picture over RFB, however the bytes are cut', async () => {
    const hypervisor = await createMockHypervisor();
    const machine = await hypervisor.define(parseMachineSpec(smallMachine(), 'mock'));
    await machine.start();
    const vnc = await machine.facet('display').openVnc();
    const update = Buffer.alloc(10);
    update[0] = 3;
    const setEncodings = Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]);
    const cutText = Buffer.from([6, 0, 0, 0, 0, 0, 0, 2, 0x68, 0x69]);
    const sent = [Buffer.from('RFB 003.008\n'), Buffer.from([1, 1]), setEncodings, cutText, update];
    for (const byte of Buffer.concat(sent)) vnc.write(Buffer.of(byte));
    const head = 12 + 2 + 4 + 24 + 'default_small'.length;
    const rectangle = 4 + 12 + 320 * 200 * 4;
    const received: Buffer[] = [];
    let size = 0;
    for await (const chunk of vnc) {
      received.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size >= head + rectangle) break;
    }
    const bytes = Buffer.concat(received);
    expect(size).toBe(head + rectangle);
    expect(bytes.subarray(0, 14)).toEqual(Buffer.from('RFB 003.008\n\x01\x01', 'latin1'));
    expect([bytes.readUInt16BE(18), bytes.readUInt16BE(20)]).toEqual([320, 200]);
    expect([...bytes.subarray(head + 16, head + 20)]).toEqual([255, 255, 255, 0]);
  });

  it('ends the connection of a client that speaks something else', async () => {
    const hypervisor = await createMockHypervisor();
    const machine = await hypervisor.define(parseMachineSpec(smallMachine(), 'mock'));
    await machine.start();
    const vnc = await machine.facet('display').openVnc();
    vnc.write('GET / HTTP/1.1\r\n\r\n');
    const received: Buffer[] = [];
    for await (const chunk of vnc) received.push(chunk as Buffer);
    expect(Buffer.concat(received).toString()).toBe('RFB 003.008\n');
  });
});
