import {
  plainEnlightenments,
  type Features as SpecFeatures,
  type VirtualMachineInstanceSpec,
} from '@virtkit/core-types';
import type { Enlightenments, Features } from '@virtkit/hal';
import { architectureOf } from './architecture.ts';

/** An object without `enabled` is on. */
const isOn = ({ enabled }: { enabled?: boolean | undefined }): boolean => enabled !== false;
const stateOf = (feature: { enabled?: boolean | undefined } | undefined): boolean | undefined =>
  feature && isOn(feature);

/** What the platform offers beside its devices. ACPI is on unless it is switched off. */
export function planFeatures(spec: VirtualMachineInstanceSpec): Features {
  const { features = {}, cpu, launchSecurity } = spec.domain;
  const { acpi, apic, smm, pvspinlock, kvm } = features;
  const hyperv = planHyperv(features);
  return {
    acpi: acpi === undefined || isOn(acpi),
    apic: stateOf(apic),
    // False is KubeVirt's default, and the machine's own.
    apicEndOfInterrupt: apic?.endOfInterrupt === true ? true : undefined,
    smm: stateOf(smm),
    paravirtualSpinlocks: stateOf(pvspinlock),
    hideHypervisor: kvm && (kvm.hidden ?? false),
    dedicatedCpuHint:
      cpu?.dedicatedCpuPlacement === true && architectureOf(spec) === 'x86_64' ? true : undefined,
    performanceCounters: cpu?.realtime !== undefined || launchSecurity?.tdx !== undefined ? false : undefined,
    hyperv,
  };
}

function planHyperv({ hyperv, hypervPassthrough }: SpecFeatures): Features['hyperv'] {
  if (hyperv === undefined) return hypervPassthrough?.enabled === true ? { mode: 'passthrough' } : undefined;
  const { spinlocks, synictimer, vendorid, tlbflush, ...plain } = hyperv;
  const enlightenments: Enlightenments = {
    ...Object.fromEntries(
      plainEnlightenments.flatMap((name) => {
        const feature = plain[name];
        return feature === undefined ? [] : [[name, isOn(feature)]];
      }),
    ),
    ...(spinlocks && {
      spinlocks: isOn(spinlocks)
        ? { enabled: true, retries: spinlocks.spinlocks ?? defaultSpinlockRetries }
        : { enabled: false },
    }),
    ...(synictimer && {
      stimer: { enabled: isOn(synictimer), direct: stateOf(synictimer.direct) },
    }),
    ...(vendorid && {
      vendorId: { enabled: isOn(vendorid), ...(vendorid.vendorid && { value: vendorid.vendorid }) },
    }),
    ...(tlbflush && {
      tlbflush: {
        enabled: isOn(tlbflush),
        direct: stateOf(tlbflush.direct),
        extended: stateOf(tlbflush.extended),
      },
    }),
  };
  return { mode: 'chosen', enlightenments };
}

/** KubeVirt's default of `spinlocks.spinlocks`. */
const defaultSpinlockRetries = 4096;
