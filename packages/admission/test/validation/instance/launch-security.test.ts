import type { DomainSpec, EFI, LaunchSecurity } from '@virtkit/core-types';
import { testInstanceSides, withGates, withoutGates, type SpecParts } from '../../support/instance-sides.ts';

const field = 'S.launchSecurity';
const tdx = withGates('WorkloadEncryptionTDX');

/** An amd64 guest that boots by UEFI without Secure Boot, which all kinds are content with. */
const secret = (
  launchSecurity: LaunchSecurity,
  domain: Partial<DomainSpec> = {},
  parts: SpecParts = {},
): SpecParts => ({
  architecture: 'amd64',
  ...parts,
  domain: { firmware: { bootloader: { efi: { secureBoot: false } } }, ...domain, launchSecurity },
});
const efi = (options: EFI) => ({ firmware: { bootloader: { efi: options } } });
const nics = (...bootOrders: (number | undefined)[]) => ({
  devices: {
    interfaces: bootOrders.map((bootOrder, index) => ({
      name: `nic${index}`,
      ...(bootOrder === undefined ? {} : { bootOrder }),
    })),
  },
});

testInstanceSides('launch security', [
  {
    id: 'LSC-1',
    refuses: secret({ sev: {} }, { firmware: {} }, { architecture: 'arm64' }),
    accepts: secret({ sev: {} }),
    reason: 'I',
    fields: ['S.architecture'],
    alone: true,
  },
  {
    // On s390x it is Secure Execution, whatever is set.
    id: 'LSC-1',
    refuses: secret({}, { firmware: {} }, { architecture: '' }),
    accepts: secret({}, { firmware: {} }, { architecture: 's390x' }),
    reason: 'I',
    fields: ['S.architecture'],
    alone: true,
  },
  {
    id: 'LSC-2',
    refuses: secret({}, { firmware: {} }),
    accepts: secret({ snp: {} }),
    reason: 'F',
    fields: [field],
    alone: true,
  },
  {
    id: 'LSC-2',
    refuses: secret({ sev: {}, snp: {} }, { firmware: {} }),
    accepts: secret({}, { firmware: {} }, { architecture: 's390x' }),
    reason: 'F',
    fields: [field],
    alone: true,
  },
  {
    id: 'LSC-3',
    refuses: secret({ tdx: {} }, { firmware: {} }),
    accepts: { parts: secret({ tdx: {} }), configuration: tdx },
    reason: 'I',
    fields: [field],
    alone: true,
  },
  {
    id: 'LSC-3',
    refuses: {
      parts: secret({ snp: {} }, { firmware: {} }),
      configuration: withoutGates('WorkloadEncryptionSEV'),
    },
    accepts: secret({ snp: {} }),
    reason: 'I',
    fields: [field],
    alone: true,
  },
  {
    id: 'LSC-4',
    refuses: { parts: secret({ tdx: {} }, { features: { smm: {} } }), configuration: tdx },
    accepts: { parts: secret({ tdx: {} }, { features: { smm: { enabled: false } } }), configuration: tdx },
    reason: 'I',
    fields: [field],
  },
  {
    id: 'LSC-5',
    refuses: secret({ sev: {} }, { firmware: { bootloader: { bios: {} } } }),
    accepts: secret({ sev: {} }),
    reason: 'I',
    fields: [field],
  },
  {
    id: 'LSC-6',
    refuses: secret({ sev: {} }, efi({})),
    accepts: secret({ sev: {} }, efi({ secureBoot: false })),
    reason: 'I',
    fields: [field],
  },
  {
    id: 'LSC-6',
    refuses: secret({ snp: {} }, efi({ secureBoot: true })),
    accepts: { parts: secret({ tdx: {} }, efi({ secureBoot: true })), configuration: tdx },
    reason: 'I',
    fields: [field],
  },
  {
    id: 'LSC-7',
    refuses: secret({ snp: {} }, efi({ secureBoot: false, persistent: true })),
    accepts: secret({ sev: {} }, efi({ secureBoot: false, persistent: true })),
    reason: 'I',
    fields: [field],
  },
  {
    id: 'LSC-7',
    refuses: { parts: secret({ tdx: {} }, efi({ persistent: true })), configuration: tdx },
    accepts: { parts: secret({ tdx: {} }, efi({ persistent: false })), configuration: tdx },
    reason: 'I',
    fields: [field],
  },
  {
    id: 'LSC-8',
    refuses: secret({ sev: { attestation: {} } }),
    accepts: secret({ sev: { attestation: {} } }, {}, { startStrategy: 'Paused' }),
    reason: 'I',
    fields: [field],
  },
  {
    id: 'LSC-9',
    refuses: secret({ sev: {} }, nics(1, undefined, 2)),
    accepts: secret({ sev: {} }, nics(undefined)),
    reason: 'I',
    fields: [field, field],
  },
]);
