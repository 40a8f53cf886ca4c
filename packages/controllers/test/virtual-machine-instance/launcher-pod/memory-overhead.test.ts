import { describe, expect, it } from 'vitest';
import { configured, gated, podWith, type Change } from './rendering.ts';

const mebibyte = 1024n * 1024n;
const overheadOf = (change: Change) =>
  BigInt(podWith(change).metadata.annotations!['kubevirt.io/memory-overhead-bytes']!);
/** A guest with one CPU, video, and no interface. */
const plain = overheadOf({});
const ratio = (additionalGuestMemoryOverheadRatio: string) =>
  configured({ additionalGuestMemoryOverheadRatio });
const binding = configured({
  network: {
    binding: {
      fast: { computeResourceOverhead: { requests: { memory: '40Mi' } } },
      slow: { computeResourceOverhead: { requests: { memory: '2Mi' } } },
    },
  },
});
const guaranteed = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } };
const exec = { exec: { command: ['true'] } };

describe('memory beside the guest', () => {
  /** In mebibytes more, or less, than the plain guest's. */
  const rows: [string, Change, bigint][] = [
    ['each CPU', { domain: { cpu: { cores: 3 } } }, 16n],
    ['each CPU of a limit, without a topology', { domain: { resources: { limits: { cpu: '2500m' } } } }, 16n],
    ['no video', { devices: { autoattachGraphicsDevice: false } }, -32n],
    ['arm64', { spec: { architecture: 'arm64' } }, 128n],
    [
      'devices of the host, once',
      { devices: { gpus: [{ name: 'g', deviceName: 'a' }], hostDevices: [{ name: 'h', deviceName: 'b' }] } },
      1024n,
    ],
    ['SR-IOV', { devices: { interfaces: [{ name: 'a', sriov: {} }] } }, 1024n],
    ['downward metrics', { spec: { volumes: [{ name: 'm', downwardMetrics: {} }] } }, 1n],
    ['one command probe', { spec: { livenessProbe: exec } }, 110n],
    ['two command probes', { spec: { livenessProbe: exec, readinessProbe: exec } }, 120n],
    ['another probe', { spec: { livenessProbe: { guestAgentPing: {} } } }, 0n],
    ['SEV', { domain: { launchSecurity: { sev: {} } } }, 256n],
    ['SEV-SNP', { domain: { launchSecurity: { snp: {} } } }, 256n],
    ['a TPM', { devices: { tpm: {} } }, 53n],
    ['a TPM that is off', { devices: { tpm: { enabled: false } } }, 0n],
    ['the Guaranteed class', { domain: { resources: guaranteed } }, 100n],
    ['CPUs of its own', { domain: { cpu: { dedicatedCpuPlacement: true } } }, 100n],
    [
      'what the user reserves',
      {
        domain: { memory: { guest: '1Gi', reservedOverhead: { addedOverhead: '7Mi' } } },
        configuration: gated('ReservedOverheadMemlock'),
      },
      7n,
    ],
    [
      'what the user reserves, where the gate is off',
      { domain: { memory: { guest: '1Gi', reservedOverhead: { addedOverhead: '7Mi' } } } },
      0n,
    ],
    [
      'passt, once',
      {
        devices: {
          interfaces: [
            { name: 'a', passtBinding: {} },
            { name: 'b', passtBinding: {} },
          ],
        },
      },
      250n,
    ],
    [
      'each binding plug-in, once',
      {
        configuration: binding,
        devices: {
          interfaces: [
            { name: 'a', binding: { name: 'fast' } },
            { name: 'b', binding: { name: 'fast' } },
            { name: 'c', binding: { name: 'slow' } },
          ],
        },
      },
      42n,
    ],
  ];
  it.each(rows)('%s', (_title, change, more) => {
    expect(overheadOf({ ...change, domain: { memory: { guest: '1Gi' }, ...change.domain } }) - plain).toBe(
      more * mebibyte,
    );
  });

  it('grows with the memory for its page tables', () => {
    const change = { domain: { memory: { guest: '512k' } } };
    const more = { domain: { memory: { guest: '1024k' } } };
    expect(overheadOf(more) - overheadOf(change)).toBe(1000n);
  });

  it("is multiplied by the cluster's ratio, but for what moves packets", () => {
    expect(overheadOf({ configuration: ratio('1.5') })).toBe((plain * 3n) / 2n);
    const passt = { devices: { interfaces: [{ name: 'a', passtBinding: {} }] } };
    expect(overheadOf({ ...passt, configuration: ratio('1.5') })).toBe((plain * 3n) / 2n + 250n * mebibyte);
  });

  it.each(['', 'much', '-1', '0'])('is not multiplied by %j', (text) => {
    expect(overheadOf({ configuration: ratio(text) })).toBe(plain);
  });
});
