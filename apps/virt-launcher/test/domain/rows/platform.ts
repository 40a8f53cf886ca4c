import type { VirtualMachineInstance } from '@virtkit/core-types';
import { onArm64, onS390x, type Row } from '../row.ts';

type Domain = VirtualMachineInstance['spec']['domain'];
const clock = (given: Domain['clock']) => (vmi: VirtualMachineInstance) => (vmi.spec.domain.clock = given);
const features = (given: Domain['features']) => (vmi: VirtualMachineInstance) =>
  (vmi.spec.domain.features = given);

/** Clock, timers, features and Hyper-V enlightenments. */
export const platformRows: readonly Row[] = [
  {
    id: 'DOM-4.1',
    what: 'the clock shows UTC, with an offset or afresh at each start',
    cases: [
      {
        vmi: clock({ utc: { offsetSeconds: -3600 } }),
        domain: { 'clock@offset': 'utc', 'clock@adjustment': -3600 },
      },
      { vmi: clock({ utc: {} }), domain: { 'clock@offset': 'utc', 'clock@adjustment': 'reset' } },
      { domain: { 'clock@offset': 'utc', 'clock@adjustment': undefined } },
    ],
  },
  {
    id: 'DOM-4.2',
    what: 'the clock shows the time of a zone',
    cases: [
      {
        vmi: clock({ timezone: 'Europe/Berlin' }),
        domain: { 'clock@offset': 'timezone', 'clock@timezone': 'Europe/Berlin' },
      },
    ],
  },
  {
    id: 'DOM-4.3',
    what: 'the real-time clock',
    cases: [
      {
        vmi: clock({ timer: { rtc: { track: 'guest', tickPolicy: 'catchup', present: true } } }),
        domain: {
          'clock/timer@name': 'rtc',
          'clock/timer@track': 'guest',
          'clock/timer@tickpolicy': 'catchup',
          'clock/timer@present': 'yes',
        },
      },
    ],
  },
  {
    id: 'DOM-4.4',
    what: 'interval and event timers',
    cases: [
      {
        vmi: clock({ timer: { pit: { tickPolicy: 'delay' }, hpet: { present: false } } }),
        domain: {
          'clock/timer[0]@name': 'pit',
          'clock/timer[0]@tickpolicy': 'delay',
          'clock/timer[0]@present': 'yes',
          'clock/timer[1]@name': 'hpet',
          'clock/timer[1]@present': 'no',
        },
      },
      {
        vmi: clock({ timer: { pit: { tickPolicy: 'now' } } }),
        refused: { code: 'invalid', field: 'spec.domain.clock.timer.pit.tickPolicy' },
      },
    ],
  },
  {
    id: 'DOM-4.5',
    what: 'paravirtual clocks',
    cases: [
      {
        vmi: clock({ timer: { kvm: {}, hyperv: { present: false } } }),
        domain: {
          'clock/timer[0]@name': 'kvmclock',
          'clock/timer[0]@present': 'yes',
          'clock/timer[1]@name': 'hypervclock',
          'clock/timer[1]@present': 'no',
        },
      },
    ],
  },
  {
    id: 'DOM-4.6',
    what: 'the frequency of the time stamp counter where the guest relies on it',
    cases: [
      {
        vmi: (vmi) => {
          vmi.spec.domain.cpu = { features: [{ name: 'invtsc', policy: 'require' }] };
          vmi.status = { topologyHints: { tscFrequency: 2_000_000_000 } };
        },
        domain: { 'clock/timer@name': 'tsc', 'clock/timer@frequency': 2_000_000_000 },
      },
      {
        vmi: (vmi) => {
          vmi.spec.domain.features = { hyperv: { reenlightenment: {} } };
          vmi.status = { topologyHints: { tscFrequency: 2_000_000_000 } };
        },
        domain: { 'clock/timer@name': 'tsc' },
      },
      {
        vmi: (vmi) => (vmi.status = { topologyHints: { tscFrequency: 2_000_000_000 } }),
        domain: { 'clock/timer': undefined },
      },
    ],
  },
  {
    id: 'DOM-4.7',
    what: 'timers stand in one order',
    cases: [
      {
        vmi: clock({ timer: { hyperv: {}, hpet: {}, kvm: {}, pit: {}, rtc: {} } }),
        domain: {
          'clock/timer#count': 5,
          'clock/timer[0]@name': 'rtc',
          'clock/timer[1]@name': 'pit',
          'clock/timer[2]@name': 'kvmclock',
          'clock/timer[3]@name': 'hpet',
          'clock/timer[4]@name': 'hypervclock',
        },
      },
    ],
  },
  {
    id: 'DOM-5.1',
    what: 'ACPI unless it is switched off',
    cases: [
      { vmi: features({}), domain: { 'features/acpi': '' } },
      { vmi: features({ acpi: {} }), domain: { 'features/acpi': '' } },
      {
        vmi: features({ acpi: { enabled: false } }),
        domain: { 'features#count': 1, 'features/acpi': undefined },
      },
    ],
  },
  {
    id: 'DOM-5.2',
    what: 'system management mode and APIC where they are asked for',
    cases: [
      { vmi: features({ smm: {}, apic: {} }), domain: { 'features/smm': '', 'features/apic': '' } },
      {
        vmi: features({ smm: { enabled: false }, apic: { enabled: false } }),
        domain: { 'features/smm': undefined, 'features/apic': undefined },
      },
      { domain: { 'features/smm': undefined, 'features/apic': undefined } },
    ],
  },
  {
    id: 'DOM-5.3',
    what: 'enlightenments that are named',
    cases: [
      { vmi: features({ hyperv: { relaxed: {} } }), domain: { 'features/hyperv/relaxed@state': 'on' } },
      { domain: { 'features/hyperv': undefined } },
    ],
  },
  {
    id: 'DOM-5.4',
    what: 'all enlightenments of the host where none is named',
    cases: [
      {
        vmi: features({ hypervPassthrough: { enabled: true } }),
        domain: { 'features/hyperv@mode': 'passthrough' },
      },
      {
        vmi: features({ hypervPassthrough: { enabled: true }, hyperv: { vapic: {} } }),
        domain: { 'features/hyperv@mode': undefined, 'features/hyperv/vapic@state': 'on' },
      },
    ],
  },
  {
    id: 'DOM-5.5',
    what: 'KVM hides or does not',
    cases: [
      { vmi: features({ kvm: { hidden: true } }), domain: { 'features/kvm/hidden@state': 'on' } },
      { vmi: features({ kvm: { hidden: false } }), domain: { 'features/kvm/hidden@state': 'off' } },
    ],
  },
  {
    id: 'DOM-5.6',
    what: 'paravirtual spin locks',
    cases: [
      { vmi: features({ pvspinlock: {} }), domain: { 'features/pvspinlock@state': 'on' } },
      { vmi: features({ pvspinlock: { enabled: false } }), domain: { 'features/pvspinlock@state': 'off' } },
    ],
  },
  {
    id: 'DOM-5.7',
    what: 'TDX guests have no performance counters',
    cases: [
      {
        vmi: ({ spec }) => (spec.domain.launchSecurity = { tdx: {} }),
        domain: { 'features/pmu@state': 'off' },
      },
      { domain: { 'features/pmu': undefined } },
    ],
  },
  {
    id: 'DOM-5.8',
    what: 'x86 guests have no VMware port',
    cases: [
      { domain: { 'features/vmport@state': 'off' } },
      { vmi: onArm64, domain: { 'features/vmport': undefined } },
      { vmi: onS390x, domain: { 'features/vmport': undefined } },
    ],
  },
  {
    id: 'DOM-5.9',
    what: 'every enlightenment, with its options',
    cases: [
      {
        vmi: features({
          hyperv: {
            relaxed: {},
            vapic: {},
            vpindex: {},
            runtime: {},
            synic: {},
            reset: {},
            frequencies: {},
            reenlightenment: {},
            ipi: {},
            evmcs: { enabled: false },
            spinlocks: {},
            synictimer: { direct: {} },
            vendorid: { vendorid: 'AuthenticAMD' },
            tlbflush: {},
          },
        }),
        domain: {
          ...Object.fromEntries(
            [
              'relaxed',
              'vapic',
              'vpindex',
              'runtime',
              'synic',
              'reset',
              'frequencies',
              'reenlightenment',
            ].map((name) => [`features/hyperv/${name}@state`, 'on']),
          ),
          'features/hyperv/ipi@state': 'on',
          'features/hyperv/evmcs@state': 'off',
          'features/hyperv/spinlocks@state': 'on',
          'features/hyperv/spinlocks@retries': 4096,
          'features/hyperv/stimer@state': 'on',
          'features/hyperv/stimer/direct@state': 'on',
          'features/hyperv/vendor_id@value': 'AuthenticAMD',
          'features/hyperv/tlbflush@state': 'on',
        },
      },
      {
        vmi: features({ hyperv: { spinlocks: { spinlocks: 8191 }, tlbflush: { direct: {}, extended: {} } } }),
        domain: {
          'features/hyperv/spinlocks@retries': 8191,
          'features/hyperv/tlbflush/direct@state': 'on',
          'features/hyperv/tlbflush/extended@state': 'on',
        },
      },
    ],
  },
];
