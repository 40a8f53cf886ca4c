import type { AdmissionVerdict } from '@virtkit/apiserver';
import type { Finding } from './finding.ts';

/** Causes of one answer (KubeVirt rule GEN-01). */
const mostCauses = 10;

/** The refusal that findings amount to; undefined when there are none. */
export function denialOf(findings: readonly Finding[], warnings: readonly string[] = []): AdmissionVerdict {
  if (findings.length === 0) return { warnings };
  const told = findings.slice(0, mostCauses);
  const more = findings.length - told.length;
  const messages = told.map(({ field, message }) => `${field}: ${message}`).join(', ');
  return {
    warnings,
    denied: {
      code: 422,
      reason: 'Invalid',
      message: more === 0 ? messages : `${messages}, and ${more} more validation errors`,
      causes: told.map(({ reason, field, message }) => ({ reason, field, message })),
    },
  };
}
