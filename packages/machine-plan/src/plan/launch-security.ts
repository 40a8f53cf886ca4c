import { annotations as keys, type VirtualMachineInstance } from '@virtkit/core-types';
import type { LaunchSecurity } from '@virtkit/hal';
import { architectureOf } from './architecture.ts';

/** How guest memory is kept from the host. On s390x the empty object stands for Secure Execution; arm64 has nothing. */
export function planLaunchSecurity({ spec, metadata }: VirtualMachineInstance): LaunchSecurity | undefined {
  const { launchSecurity } = spec.domain;
  const architecture = architectureOf(spec);
  if (launchSecurity === undefined || architecture === 'aarch64') return undefined;
  if (architecture === 's390x') return { kind: 'secure-execution' };
  const { sev, snp, tdx } = launchSecurity;
  if (sev !== undefined)
    return {
      kind: 'sev',
      encryptedState: sev.policy?.encryptedState === true,
      ...(sev.dhCert && { ownerCertificate: sev.dhCert }),
      ...(sev.session && { session: sev.session }),
    };
  if (snp !== undefined) return { kind: 'sev-snp' };
  const quoteSocket = metadata.annotations?.[keys.qgsSocketPath];
  return tdx === undefined ? undefined : { kind: 'tdx', ...(quoteSocket && { quoteSocket }) };
}
