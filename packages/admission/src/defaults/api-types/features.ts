import { plainEnlightenments, type FeatureHyperv, type FeatureState } from '@virtkit/core-types';
import type { SpecFill } from '../fill.ts';

/** D2: features that are named are on; ACPI is on unless it is switched off. */
export const fillFeatures: SpecFill = ({ domain }) => {
  const features = (domain.features ??= {});
  enable((features.acpi ??= {}));
  enable(features.apic);
  enable(features.smm);
  enable(features.pvspinlock);
  if (features.hyperv !== undefined) fillHyperv(features.hyperv);
};

function fillHyperv(hyperv: FeatureHyperv): void {
  for (const name of plainEnlightenments) enable(hyperv[name]);
  const { spinlocks, synictimer, tlbflush, vendorid } = hyperv;
  enable(spinlocks);
  if (spinlocks?.enabled === true) spinlocks.spinlocks ??= 4096;
  enable(synictimer);
  enable(synictimer?.direct);
  enable(vendorid);
  enable(tlbflush);
  enable(tlbflush?.direct);
  enable(tlbflush?.extended);
}

function enable(feature: FeatureState | undefined): void {
  if (feature !== undefined) feature.enabled ??= true;
}
