import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedCapabilities, useCapabilityCache } from '../../src/daemon/capability-cache.ts';
import { refreshCapabilityCache } from '../../src/index.ts';

const user = process.getuid?.() === 0 ? { runAs: { uid: 65534, gid: 65534 } } : {};
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vk-cache-'));
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

describe('what libvirt learns about QEMU', () => {
  it('is kept, readable for every user, and still holds for the next daemon', async () => {
    const kept = join(folder, 'kept');
    await refreshCapabilityCache({ folder: kept, ...user });
    const files = await readdir(kept);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      expect(file).toMatch(/^[0-9a-f]{64}\.xml$/);
      expect(await readFile(join(kept, file), 'utf8')).toContain('<qemuCaps>');
      expect((await stat(join(kept, file))).mode & 0o777).toBe(0o644);
    }
    // The next daemon believes what is kept: it does not write the mark that is put into it away.
    const [one = ''] = files;
    const marked = `${await readFile(join(kept, one), 'utf8')}<!-- kept -->\n`;
    await writeFile(join(kept, one), marked);
    await refreshCapabilityCache({ folder: kept, ...user });
    expect(await readFile(join(kept, one), 'utf8')).toBe(marked);
    expect(await readdir(kept)).toEqual(files);
  });

  it('is handed to a daemon that knows nothing, and does not replace what one knows', async () => {
    const kept = join(folder, 'kept');
    const cache = join(folder, 'cache');
    await mkdir(kept);
    await writeFile(join(kept, 'a.xml'), 'kept');
    await writeFile(join(kept, '.a.xml.1'), 'half written');
    await useCapabilityCache(kept, cache);
    await writeFile(join(cachedCapabilities(cache), 'a.xml'), 'own');
    await useCapabilityCache(kept, cache);
    expect(await readdir(cachedCapabilities(cache))).toEqual(['a.xml']);
    expect(await readFile(join(cachedCapabilities(cache), 'a.xml'), 'utf8')).toBe('own');
  });

  it('is asked anew where nothing is kept', async () => {
    await useCapabilityCache(join(folder, 'missing'), join(folder, 'cache'));
    expect(await readdir(folder)).toEqual([]);
  });
});
