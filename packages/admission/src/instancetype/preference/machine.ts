// What a preference wishes of the machine itself: CPU features, features, firmware, clock.
import type {
  Bootloader,
  FeatureHyperv,
  Features,
  FirmwarePreferences,
  VirtualMachineInstanceSpec,
  VirtualMachinePreferenceSpec,
} from '@virtkit/core-types';
import { defined } from './defined.ts';

type Spec = VirtualMachineInstanceSpec;
type Preference = VirtualMachinePreferenceSpec;

/** Wished CPU features that the spec does not name, after its own. */
export function applyCpuFeatures(spec: Spec, { cpu }: Preference): Spec {
  const wished = cpu?.preferredCPUFeatures ?? [];
  if (wished.length === 0) return spec;
  const { features = [] } = spec.domain.cpu ?? {};
  const named = new Set(features.map(({ name }) => name));
  const missing = wished.filter(({ name }) => !named.has(name));
  return {
    ...spec,
    domain: { ...spec.domain, cpu: { ...spec.domain.cpu, features: [...features, ...missing] } },
  };
}

/** Features of the virtual hardware: ACPI as the preference says, the others where the spec is silent. */
export function applyFeatures(spec: Spec, { features: wished }: Preference): Spec {
  if (wished === undefined) return spec;
  const given: Features = spec.domain.features ?? {};
  const filled = {
    acpi: wished.preferredAcpi ?? given.acpi,
    apic: given.apic ?? wished.preferredApic,
    hyperv: preferHyperv(given.hyperv, wished.preferredHyperv),
    kvm: given.kvm ?? wished.preferredKvm,
    pvspinlock: given.pvspinlock ?? wished.preferredPvspinlock,
    smm: given.smm ?? wished.preferredSmm,
  };
  return { ...spec, domain: { ...spec.domain, features: { ...given, ...defined(filled) } } };
}

function preferHyperv(
  given: FeatureHyperv | undefined,
  wished: FeatureHyperv | undefined,
): FeatureHyperv | undefined {
  return wished === undefined ? given : { ...defined(wished), ...defined(given ?? {}) };
}

/** The boot loader: a BIOS or UEFI where the spec has neither, and their settings where it is silent. */
export function applyFirmware(spec: Spec, { firmware: wished }: Preference): Spec {
  if (wished === undefined) return spec;
  const { firmware } = spec.domain;
  const bootloader = preferBootloader(firmware?.bootloader ?? {}, wished);
  return { ...spec, domain: { ...spec.domain, firmware: { ...firmware, bootloader } } };
}

function preferBootloader(given: Bootloader, wished: FirmwarePreferences): Bootloader {
  const loader = preferBios(given, wished);
  const open = loader.bios === undefined && loader.efi === undefined;
  // The whole wish for UEFI; the deprecated ones beside it do not count then.
  if (open && wished.preferredEfi !== undefined) return { ...loader, efi: wished.preferredEfi };
  const efi = loader.efi ?? (open && wished.preferredUseEfi === true ? {} : undefined);
  if (efi === undefined) return loader;
  const secureBoot = efi.secureBoot ?? wished.preferredUseSecureBoot;
  return { ...loader, efi: { ...efi, ...defined({ secureBoot }) } };
}

function preferBios(given: Bootloader, wished: FirmwarePreferences): Bootloader {
  const open = given.bios === undefined && given.efi === undefined;
  const bios = given.bios ?? (open && wished.preferredUseBios === true ? {} : undefined);
  if (bios === undefined) return given;
  const useSerial = bios.useSerial ?? wished.preferredUseBiosSerial;
  return { ...given, bios: { ...bios, ...defined({ useSerial }) } };
}

/** The guest's clock: an offset where the spec names neither UTC nor a time zone, timers where it has none. */
export function applyClock(spec: Spec, { clock: wished }: Preference): Spec {
  if (wished === undefined) return spec;
  const { clock } = spec.domain;
  const open = clock?.utc === undefined && (clock?.timezone ?? '') === '';
  const filled = {
    ...(open ? defined(wished.preferredClockOffset ?? {}) : {}),
    ...defined({ timer: clock?.timer ?? wished.preferredTimer }),
  };
  return { ...spec, domain: { ...spec.domain, clock: { ...clock, ...filled } } };
}
