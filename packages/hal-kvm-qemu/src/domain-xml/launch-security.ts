import type { LaunchSecurity } from '@virtkit/hal';
import type { XmlElement } from './element.ts';

/** SEV policy bits (AMD: SEV API): no debugging by the host, and the guest's registers encrypted. */
const noDebug = 0x1;
const encryptedState = 0x4;
/** SNP policy bits: the reserved one that must be set, and simultaneous threads allowed. */
const snpPolicy = 0x3_0000;

/** `<launchSecurity>`. Secure Execution has none: the guest's kernel asks for it. */
export function launchSecurityElement(security: LaunchSecurity | undefined): XmlElement | undefined {
  if (security === undefined) return undefined;
  switch (security.kind) {
    case 'sev':
      return {
        '@type': 'sev',
        policy: hexadecimal(noDebug | (security.encryptedState ? encryptedState : 0)),
        dhCert: security.ownerCertificate,
        session: security.session,
      };
    case 'sev-snp':
      return { '@type': 'sev-snp', policy: hexadecimal(snpPolicy) };
    case 'tdx':
      return {
        '@type': 'tdx',
        quoteGenerationService:
          security.quoteSocket === undefined ? undefined : { '@path': security.quoteSocket },
      };
    case 'secure-execution':
      return undefined;
  }
}

const hexadecimal = (bits: number): string => `0x${bits.toString(16)}`;
