import type { Finding, FindingReason } from './finding.ts';

/** One cause of a refusal, as it stands in `status.details.causes`. */
export interface DenialCause {
  readonly reason?: FindingReason;
  readonly field?: string;
  readonly message: string;
}

/** A refused request, as its client is told. */
export interface Denial {
  /** HTTP status; absent where KubeVirt gives none and leaves it to the API server, which then says 400. */
  readonly code?: number;
  /** Reason of the Status object, such as `Invalid`; absent where KubeVirt gives none. */
  readonly reason?: string;
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

/**
 * The verdict that findings amount to (KubeVirt rule GEN-01): the first ten causes, and how many there are more. A finding
 * that refuses the request as a whole speaks for all (GEN-02, GEN-06).
 */
export function denialOf(findings: readonly Finding[], warnings: readonly string[] = []): Verdict {
  const whole = findings.find(({ code }) => code !== undefined);
  if (whole?.code !== undefined) return { warnings, denied: { code: whole.code, message: whole.message } };
  if (findings.length === 0) return { warnings };
  const told = findings.slice(0, mostCauses);
  const more = findings.length - told.length;
  const messages = told.map(sentence).join(', ');
  return {
    warnings,
    denied: {
      code: 422,
      reason: 'Invalid',
      message: more === 0 ? messages : `${messages}, and ${more} more validation errors`,
      causes: told.map(causeOf),
    },
  };
}

/** The refusal of a request as a whole, without causes (KubeVirt rule GEN-02). */
export function badRequest(message: string): Denial {
  return { code: 400, message };
}

/** The verdict on an update of a KubeVirt object (KubeVirt rule GEN-04): all causes, however many. */
export function unlimitedDenialOf(findings: readonly Finding[], warnings: readonly string[] = []): Verdict {
  const { denied } = denialOf(findings, warnings);
  if (denied?.causes === undefined) return denialOf(findings, warnings);
  return {
    warnings,
    denied: { ...denied, message: findings.map(sentence).join(', '), causes: findings.map(causeOf) },
  };
}

/** The verdict on a plugin (KubeVirt rule GEN-05): the message of the first cause, all causes, and no status of its own. */
export function pluginDenialOf(findings: readonly Finding[]): Verdict {
  const [first] = findings;
  if (first === undefined || first.code !== undefined) return denialOf(findings);
  return { denied: { reason: 'Invalid', message: sentence(first), causes: findings.map(causeOf) } };
}

function sentence({ field, message }: Finding): string {
  return field ? `${field}: ${message}` : message;
}

function causeOf({ rule: _rule, code: _code, ...cause }: Finding): DenialCause {
  return cause;
}
