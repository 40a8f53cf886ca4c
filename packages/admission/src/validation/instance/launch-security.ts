import { forbidden, invalid, type Finding } from '../finding.ts';
import { applyRules, firstFindings, firstRuleFindings } from '../rule.ts';
import type { InstanceRule, InstanceSubject } from './subject.ts';

const kinds = ['sev', 'snp', 'tdx'] as const;
const gates = {
  sev: 'WorkloadEncryptionSEV',
  snp: 'WorkloadEncryptionSEV',
  tdx: 'WorkloadEncryptionTDX',
} as const;

/** KubeVirt leaves out `domain`. */
const field = (root: string) => `${root}.launchSecurity`;

/** What an instance must say whose memory is kept secret from the host. */
export function launchSecurityFindings(subject: InstanceSubject): readonly Finding[] {
  const { domain, architecture } = subject.spec;
  if (domain.launchSecurity === undefined || architecture === 's390x') return [];
  return firstFindings(
    () => firstRuleFindings(kindRules, subject),
    () => applyRules(guestRules, subject),
  );
}

/** Each answers alone. */
const kindRules: readonly InstanceRule[] = [
  {
    id: 'LSC-1',
    *check({ spec: { architecture = '' }, root }) {
      if (architecture !== 'amd64')
        yield invalid(
          `${root}.architecture`,
          `memory is encrypted on amd64 and s390x, not on "${architecture}"`,
        );
    },
  },
  {
    id: 'LSC-2',
    *check(subject) {
      const set = kindsOf(subject);
      if (set.length !== 1)
        yield forbidden(field(subject.root), `one of ${kinds.join(', ')} must be set, not ${set.length}`);
    },
  },
  {
    id: 'LSC-3',
    *check(subject) {
      for (const kind of kindsOf(subject))
        if (!subject.configuration.gates.has(gates[kind]))
          yield invalid(field(subject.root), `the feature gate ${gates[kind]} is off`);
    },
  },
];

const guestRules: readonly InstanceRule[] = [
  {
    id: 'LSC-4',
    *check({ spec: { domain }, root }) {
      const smm = domain.features?.smm;
      if (domain.launchSecurity?.tdx !== undefined && smm !== undefined && smm.enabled !== false)
        yield invalid(field(root), 'with TDX there is no system management mode');
    },
  },
  {
    id: 'LSC-5',
    *check({ spec: { domain }, root }) {
      if (domain.firmware?.bootloader?.efi === undefined)
        yield invalid(field(root), 'memory is encrypted for guests that boot by UEFI');
    },
  },
  {
    id: 'LSC-6',
    *check({ spec: { domain }, root }) {
      const { sev, snp } = domain.launchSecurity ?? {};
      const efi = domain.firmware?.bootloader?.efi;
      if ((sev !== undefined || snp !== undefined) && efi !== undefined && efi.secureBoot !== false)
        yield invalid(
          field(root),
          'with SEV there is no Secure Boot, which is on unless secureBoot is false',
        );
    },
  },
  {
    id: 'LSC-7',
    *check({ spec: { domain }, root }) {
      const { snp, tdx } = domain.launchSecurity ?? {};
      if ((snp !== undefined || tdx !== undefined) && domain.firmware?.bootloader?.efi?.persistent === true)
        yield invalid(field(root), 'with SEV-SNP and TDX nothing of the firmware is kept');
    },
  },
  {
    id: 'LSC-8',
    *check({ spec: { domain, startStrategy }, root }) {
      if (domain.launchSecurity?.sev?.attestation !== undefined && startStrategy !== 'Paused')
        yield invalid(field(root), 'a guest is attested before it runs: it starts Paused');
    },
  },
  {
    id: 'LSC-9',
    *check({ spec: { domain }, root }) {
      for (const { name, bootOrder } of domain.devices.interfaces ?? [])
        if (bootOrder !== undefined)
          yield invalid(field(root), `interface "${name}" cannot be booted from when memory is encrypted`);
    },
  },
];

function kindsOf({ spec }: InstanceSubject) {
  return kinds.filter((kind) => spec.domain.launchSecurity?.[kind] !== undefined);
}
