/** Which characters and lengths a name may have (RFC 1123 and RFC 1035 as Kubernetes uses them). */
export type NameFormat = 'dns-subdomain' | 'dns-label' | 'dns-1035-label' | 'path-segment';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const RULES: Record<NameFormat, { pattern: RegExp; max: number; says: string }> = {
  'dns-subdomain': {
    pattern: new RegExp(`^${LABEL}(\\.${LABEL})*$`),
    max: 253,
    says: "lower case letters, digits, '-' and '.', starting and ending with a letter or digit (RFC 1123 subdomain)",
  },
  'dns-label': {
    pattern: new RegExp(`^${LABEL}$`),
    max: 63,
    says: "lower case letters, digits and '-', starting and ending with a letter or digit (RFC 1123 label)",
  },
  'dns-1035-label': {
    pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    max: 63,
    says: "lower case letters, digits and '-', starting with a letter (RFC 1035 label)",
  },
  'path-segment': { pattern: /^(?!\.{1,2}$)[^/%]+$/, max: 253, says: "no '/' or '%', not '.' or '..'" },
};

/** Why a name is not acceptable, or `undefined` when it is. */
export function nameProblem(name: string, format: NameFormat): string | undefined {
  const { pattern, max, says } = RULES[format];
  if (name.length > max) return `must be no more than ${max} characters`;
  return pattern.test(name) ? undefined : `must consist of ${says}`;
}

const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const MAX_GENERATED = 63;

/** A name made from `generateName`: the prefix, shortened if need be, and five random characters. */
export function generateName(prefix: string): string {
  const random = crypto.getRandomValues(new Uint32Array(SUFFIX_LENGTH));
  const suffix = [...random].map((value) => SUFFIX_ALPHABET[value % SUFFIX_ALPHABET.length]).join('');
  return `${prefix.slice(0, MAX_GENERATED - SUFFIX_LENGTH)}${suffix}`;
}

const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Why a label key, annotation key or finalizer is not acceptable, or `undefined` when it is. */
export function qualifiedNameProblem(name: string): string | undefined {
  const parts = name.split('/');
  const last = parts.at(-1) ?? '';
  if (parts.length > 2) return "must have at most one '/'";
  if (parts.length === 2) {
    const prefix = nameProblem(parts[0] ?? '', 'dns-subdomain');
    if (prefix !== undefined) return `prefix ${prefix}`;
  }
  if (QUALIFIED.test(last)) return undefined;
  return "name part must be 1 to 63 letters, digits, '-', '_' or '.', starting and ending with a letter or digit";
}

/** Why a label value is not acceptable, or `undefined` when it is. */
export function labelValueProblem(value: string): string | undefined {
  if (value.length > 63) return 'must be no more than 63 characters';
  if (/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(value)) return undefined;
  return "must consist of letters, digits, '-', '_' or '.', starting and ending with a letter or digit";
}
