import type { Finding, FindingReason } from './finding.ts';

/** One cause of a refusal, as it stands in `status.details.causes`. */
export interface DenialCause {
  readonly reason?: FindingReason;
  readonly field?: string;
  readonly message: string;
}

/** A refused request, as its client is told. */
export interface Denial {
  /** HTTP status. */
  readonly code: number;
  /** Reason of the Status object, such as `Invalid`. */
  readonly reason: string;
  readonly message: string;
  readonly causes?: readonly DenialCause[];
}

/** What admission says of a request: allowed unless there is a denial. */
export interface Verdict {
  readonly denied?: Denial;
  readonly warnings?: readonly string[];
}

/** Causes of one answer (KubeVirt rule GEN-01). */
const mostCauses = 10;

/** The verdict that findings amount to (KubeVirt rule GEN-01): the first ten causes, and how many there are more. */
export function denialOf(findings: readonly Finding[], warnings: readonly string[] = []): Verdict {
  if (findings.length === 0) return { warnings };
  const told = findings.slice(0, mostCauses);
  const more = findings.length - told.length;
  const messages = told.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join(', ');
  return {
    warnings,
    denied: {
      code: 422,
      reason: 'Invalid',
      message: more === 0 ? messages : `${messages}, and ${more} more validation errors`,
      causes: told.map(({ rule: _rule, ...cause }) => cause),
    },
  };
}

/** The refusal of a request as a whole, without causes (KubeVirt rule GEN-02). */
export function badRequest(message: string): Verdict {
  return { denied: { code: 400, reason: 'BadRequest', message } };
}
