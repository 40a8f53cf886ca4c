import { existsSync } from 'node:fs';
import type { Objection } from './libvirt.ts';
import type { Made } from './row.ts';

/** A reason for which some domains are not taken, and the cases that it is true of. */
interface Exception {
  why: string;
  says: RegExp;
  cases: readonly string[];
}

const passt = ['DOM-3.4-1', 'DOM-3.5-2', 'DOM-7.11-0', 'DOM-7.11-1', 'DOM-7.11-2', 'DOM-7.11-5'] as const;
const measured = [
  ...['DOM-1.1.3-0', 'DOM-1.1.3-1', 'DOM-1.1.5-3', 'DOM-1.1.12-0', 'DOM-1.1.13-0', 'DOM-1.1.13-1'],
  ...['DOM-5.7-0', 'DOM-8.2.2-0', 'DOM-8.2.3-0'],
] as const;

/** What came into libvirt's schema after the version that the oldest supported distribution has (9.0). */
export const notInSchema: readonly Exception[] = [
  { why: 'passt behind vhost-user', says: /Element domain/, cases: [...passt] },
  {
    why: 'SEV-SNP and TDX',
    says: /Element launchSecurity/,
    cases: [...measured],
  },
  { why: 'the format of a file of UEFI variables', says: /element os:/, cases: ['DOM-1.1.4-0'] },
  { why: 'ACPI tables beside SLIC', says: /element os:/, cases: ['DOM-1.1.8-1'] },
  { why: 'options of TLB flushes', says: /element features/, cases: ['DOM-5.9-1'] },
  { why: 'reservations that survive migration', says: /element devices/, cases: ['DOM-6.12-0'] },
  { why: 'discard granularity', says: /element devices/, cases: ['DOM-6.20-1'] },
  { why: 'several I/O threads for one disk', says: /element devices/, cases: ['DOM-6.24-0', 'DOM-2.1.3-0'] },
  { why: 'the panic device pvpanic', says: /element devices/, cases: ['DOM-8.15-1'] },
  { why: 'passed-through devices behind a descriptor', says: /iommufd/, cases: ['DOM-8.22-0'] },
  { why: 'data stores', says: /element devices/, cases: ['DOM-6.1.7-0', 'DOM-6.1.7-1'] },
];

/** What a host lacks on which libvirt refuses a domain. */
export const notDefined: readonly Exception[] = [
  {
    why: 'passt behind vhost-user',
    says: /Missing required attribute 'type' in element 'source'/,
    cases: [...passt],
  },
  {
    why: 'a libvirt that knows SEV-SNP and TDX',
    says: /Invalid value .* 'launchSecurity': '(sev-snp|tdx)'/,
    cases: [...measured],
  },
  {
    why: 'a CPU with SEV',
    says: /SEV launch security is not supported/,
    cases: [
      ...['DOM-1.1.2-2', 'DOM-1.1.11-0', 'DOM-6.22-0', 'DOM-7.3-1', 'DOM-7.7-2', 'DOM-8.3-2'],
      ...['DOM-8.12-1', 'DOM-8.16-3', 'DOM-8.24-4', 'DOM-8.2.1-0', 'DOM-8.2.1-1'],
    ],
  },
  {
    why: 'the program swtpm',
    says: /TPM version '2.0' is not supported/,
    cases: ['DOM-8.14-0', 'DOM-8.14-1'],
  },
  { why: 'a libvirt that knows pvpanic', says: /unknown panic model/, cases: ['DOM-8.15-1'] },
  { why: 'an s390x host', says: /VFIO AP device assignment/, cases: ['DOM-8.1.4-0'] },
  { why: 'a libvirt that takes two ACPI tables', says: /Only one acpi table/, cases: ['DOM-1.1.8-1'] },
];

/** Objections that no exception explains. Those to guests whose emulator is not installed are explained. */
export function unexplained(
  objections: readonly Objection[],
  domains: readonly Made[],
  exceptions: readonly Exception[],
): Objection[] {
  return objections.filter(({ name, message }) => {
    const architecture = domains.find((one) => one.name === name)?.spec.architecture ?? '';
    if (/Cannot check QEMU binary/.test(message) && !existsSync(`/usr/bin/qemu-system-${architecture}`))
      return false;
    return !exceptions.some(({ says, cases }) => cases.includes(name) && says.test(message));
  });
}

/** Cases of exceptions that there are not. */
export function misspelt(domains: readonly Made[], exceptions: readonly Exception[]): string[] {
  const known = new Set(domains.map(({ name }) => name));
  return exceptions.flatMap(({ cases }) => cases).filter((name) => !known.has(name));
}
