import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { table } from '../src/output/table.ts';
import { ensureIdentities } from '../src/platform/identities.ts';
import { defaultRoot, layoutOf } from '../src/platform/layout.ts';
import { ensureHandlerCertificates, handlerClientName } from '../src/platform/pki.ts';
import { startPlatform } from '../src/platform/platform.ts';
import { readSettings } from '../src/platform/settings.ts';
import { runChecks } from '../src/doctor/check.ts';
import { programCheck, rightsCheck } from '../src/doctor/machine-checks.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'virtkit-platform-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('certificates between virt-api and virt-handler', () => {
  it('are made once, for the two ends only, and kept', async () => {
    const made = await ensureHandlerCertificates(root);
    const client = new X509Certificate(readFileSync(made.client.certificate));
    const authority = new X509Certificate(readFileSync(made.client.ca));
    expect(client.subject).toBe(`CN=${handlerClientName}`);
    expect(client.verify(authority.publicKey)).toBe(true);
    expect(client.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(statSync(made.client.key).mode & 0o777).toBe(0o600);
    const before = readFileSync(made.client.certificate, 'utf8');
    await ensureHandlerCertificates(root);
    expect(readFileSync(made.client.certificate, 'utf8')).toBe(before);
  });

  it('are made anew before they expire', async () => {
    const made = await ensureHandlerCertificates(root, new Date('2020-01-01'));
    const before = readFileSync(made.client.certificate, 'utf8');
    await ensureHandlerCertificates(root);
    expect(readFileSync(made.client.certificate, 'utf8')).not.toBe(before);
  });
});

describe('a platform', () => {
  const probe = {
    libvirt: { state: 'missing', reason: 'libvirt.so.0 is not there' },
    kvm: { state: 'absent' },
  } as const;
  const options = { probe, privileged: false, report: () => undefined, signal: AbortSignal.timeout(10_000) };

  it('names the flag when its port is taken, and has written nothing', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      await expect(startPlatform({ ...options, root, port })).rejects.toMatchObject({
        code: 'port-in-use',
        nextStep: expect.stringContaining('--port'),
      });
      expect(await readSettings(layoutOf(root))).toBeUndefined();
    } finally {
      server.close();
    }
  });

  it('refuses real machines without libvirt and says what to install', async () => {
    await expect(startPlatform({ ...options, root, hypervisor: 'kvm-qemu' })).rejects.toMatchObject({
      code: 'missing-requirement',
      nextStep: expect.stringContaining('apt install libvirt0'),
    });
  });

  it('says how to go on when its settings are damaged', async () => {
    writeFileSync(layoutOf(root).settings, '{"version":1}');
    await expect(readSettings(layoutOf(root))).rejects.toMatchObject({
      code: 'usage',
      nextStep: expect.stringContaining('--purge'),
    });
  });

  it('keeps one token for each program, readable by its owner only', async () => {
    const first = await ensureIdentities(layoutOf(root));
    expect(await ensureIdentities(layoutOf(root))).toEqual(first);
    expect(new Set(Object.values(first).map(({ token }) => token)).size).toBe(Object.keys(first).length);
    for (const { tokenFile } of Object.values(first)) expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
  });

  it.each([
    [0, {}, '/var/lib/virtkit'],
    [1000, { XDG_STATE_HOME: '/home/u/state' }, '/home/u/state/virtkit'],
    [0, { VIRTKIT_ROOT: '/elsewhere' }, '/elsewhere'],
  ])('of user %s lives below %j', (uid, environment, expected) => {
    expect(defaultRoot(uid, environment)).toBe(expected);
  });
});

describe('checks of a machine', () => {
  it('name the package of a program that is missing', async () => {
    const findings = await runChecks(
      [
        programCheck('no-such-program', 'a-package', root),
        programCheck('no-such-program', 'a-package', root, 'less'),
      ],
      AbortSignal.timeout(1000),
    );
    expect(findings).toEqual([
      {
        name: 'no-such-program',
        kind: 'missing',
        detail: 'not installed',
        nextStep: 'apt install a-package',
      },
      {
        name: 'no-such-program',
        kind: 'limited',
        detail: 'not installed: less',
        nextStep: 'apt install a-package',
      },
    ]);
  });

  it('do not hide a check that fails', async () => {
    const broken = { name: 'broken', look: () => Promise.reject(new Error('out of order')) };
    expect(await runChecks([broken, rightsCheck(0)], AbortSignal.timeout(1000))).toMatchObject([
      { name: 'broken', kind: 'missing', detail: 'out of order' },
      { name: 'rights', kind: 'ok' },
    ]);
  });
});

describe('a table', () => {
  it('aligns its columns and leaves no blanks at the end', () => {
    expect(
      table(
        ['A', 'BB'],
        [
          ['long', ''],
          ['x', 'y'],
        ],
      ),
    ).toBe('A     BB\nlong\nx     y');
  });
});
