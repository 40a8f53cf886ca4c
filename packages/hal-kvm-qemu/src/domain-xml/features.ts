import type { Enlightenments, Features, MachineSpec } from '@virtkit/hal';
import type { XmlElement } from './element.ts';

const onOff = (on: boolean): 'on' | 'off' => (on ? 'on' : 'off');
const present = (on: boolean | undefined): XmlElement | undefined => (on === true ? {} : undefined);
const state = (on: boolean | undefined): XmlElement | undefined =>
  on === undefined ? undefined : { '@state': onOff(on) };

/** `<features>`. The VMware port would be there on x86 unless it is switched off; nobody wants it on KVM. */
export function featuresElement({ features, architecture }: MachineSpec): XmlElement {
  const x86 = architecture === 'x86_64';
  if (features === undefined) return { acpi: {}, apic: x86 ? {} : undefined };
  const { hideHypervisor, dedicatedCpuHint } = features;
  const kvm = { hidden: state(hideHypervisor), 'hint-dedicated': state(dedicatedCpuHint) };
  return {
    acpi: present(features.acpi),
    apic: apicElement(features),
    smm: features.smm === true ? {} : undefined,
    hyperv: hypervElement(features.hyperv),
    kvm: hideHypervisor === undefined && dedicatedCpuHint === undefined ? undefined : kvm,
    pvspinlock: state(features.paravirtualSpinlocks),
    pmu: state(features.performanceCounters),
    vmport: x86 ? { '@state': 'off' } : undefined,
  };
}

function apicElement({ apic, apicEndOfInterrupt }: Features): XmlElement | undefined {
  if (apic !== true) return undefined;
  return apicEndOfInterrupt === undefined ? {} : { '@eoi': onOff(apicEndOfInterrupt) };
}

function hypervElement(hyperv: Features['hyperv']): XmlElement | undefined {
  if (hyperv === undefined) return undefined;
  switch (hyperv.mode) {
    case 'passthrough':
      return { '@mode': 'passthrough' };
    case 'chosen':
      return enlightenmentElements(hyperv.enlightenments);
  }
}

function enlightenmentElements(chosen: Enlightenments): XmlElement {
  const { spinlocks, stimer, vendorId, tlbflush } = chosen;
  return {
    relaxed: state(chosen.relaxed),
    vapic: state(chosen.vapic),
    spinlocks: spinlocks && { '@state': onOff(spinlocks.enabled), '@retries': spinlocks.retries },
    vpindex: state(chosen.vpindex),
    runtime: state(chosen.runtime),
    synic: state(chosen.synic),
    stimer: stimer && { '@state': onOff(stimer.enabled), direct: state(stimer.direct) },
    reset: state(chosen.reset),
    vendor_id: vendorId && { '@state': onOff(vendorId.enabled), '@value': vendorId.value },
    frequencies: state(chosen.frequencies),
    reenlightenment: state(chosen.reenlightenment),
    tlbflush: tlbflush && {
      '@state': onOff(tlbflush.enabled),
      direct: state(tlbflush.direct),
      extended: state(tlbflush.extended),
    },
    ipi: state(chosen.ipi),
    evmcs: state(chosen.evmcs),
  };
}
