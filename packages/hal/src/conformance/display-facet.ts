import assert from 'node:assert/strict';
import type { ConformanceOptions } from './options.ts';
import { rejects } from './expectations.ts';
import { group, offers } from './suite.ts';
import { readUntil } from './streams.ts';

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const display = { videoModel: 'vga' } as const;

/** VNC and screenshots. */
export function displayFacet(options: ConformanceOptions): void {
  if (!offers(options, 'display')) return;
  group(options, 'display', ({ test }) => {
    // RFC 6143, sections 7.1.1 and 7.1.2: the server names its version, then offers security types.
    test('speaks RFB, server first', async (bench) => {
      const machine = await bench.start({ display });
      const vnc = await machine.facet('display').openVnc();
      const version = await readUntil(vnc, bench.timeouts.callMs, (bytes) => bytes.length >= 12);
      assert.match(version.subarray(0, 12).toString('latin1'), /^RFB 003\.00[378]\n$/);
      vnc.write('RFB 003.008\n');
      const security = await readUntil(vnc, bench.timeouts.callMs, (bytes) => bytes.length >= 2);
      assert.ok(security[0]! > 0, 'at least one security type is offered');
      vnc.destroy();
    });

    test('a screenshot is a PNG picture', async (bench) => {
      const machine = await bench.start({ display });
      const { mimeType, data } = await machine.facet('display').screenshot();
      assert.equal(mimeType, 'image/png');
      const png = Buffer.from(data);
      assert.deepEqual(png.subarray(0, 8), pngSignature);
      assert.equal(png.subarray(12, 16).toString('latin1'), 'IHDR');
      assert.ok(png.readUInt32BE(16) > 0 && png.readUInt32BE(20) > 0, 'it has a width and a height');
    });

    test('there is nothing to see where the machine does not run or has no display', async (bench) => {
      const stopped = await bench.define({ display });
      await rejects(() => stopped.facet('display').openVnc(), 'invalid-state');
      await rejects(() => stopped.facet('display').screenshot(), 'invalid-state');
      const blind = await bench.start({ display: undefined });
      await rejects(() => blind.facet('display').openVnc(), 'unsupported');
      await rejects(() => blind.facet('display').screenshot(), 'unsupported');
    });
  });
}
