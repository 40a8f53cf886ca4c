/** Which characters and lengths a name may have (RFC 1123 and RFC 1035 as Kubernetes uses them). */
export type NameFormat = 'dns-subdomain' | 'dns-label' | 'dns-1035-label' | 'path-segment';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const RULES: Record<Exclude<NameFormat, 'path-segment'>, { pattern: RegExp; max: number; says: string }> = {
  'dns-subdomain': {
    pattern: new RegExp(`^${LABEL}(\\.${LABEL})*$`),
    max: 253,
    says: "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  },
  'dns-label': {
    pattern: new RegExp(`^${LABEL}$`),
    max: 63,
    says: "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  },
  'dns-1035-label': {
    pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    max: 63,
    says: "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
  },
};

/** Why a name is not acceptable, or `undefined` when it is. */
export function nameProblem(name: string, format: NameFormat): string | undefined {
  if (format === 'path-segment') return pathSegmentProblem(name);
  const { pattern, max, says } = RULES[format];
  const problems: string[] = [];
  const unit = format === 'dns-subdomain' ? 'characters' : 'bytes';
  if (Buffer.byteLength(name) > max) problems.push(`must be no more than ${max} ${unit}`);
  if (!pattern.test(name))
    // What would be a name elsewhere is told what is too much of it.
    problems.push(
      format === 'dns-label' && RULES['dns-subdomain'].pattern.test(name) ? 'must not contain dots' : says,
    );
  return problems[0];
}

function pathSegmentProblem(name: string): string | undefined {
  if (name === '.' || name === '..') return `may not be '${name}'`;
  const bad = ['/', '%'].find((character) => name.includes(character));
  return bad === undefined ? undefined : `may not contain '${bad}'`;
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

const QUALIFIED_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/**
 * Why a label key, annotation key or finalizer is not acceptable, or `undefined` when it is.
 * @param what it is called
 */
export function qualifiedNameProblem(name: string, what = 'a qualified name'): string | undefined {
  const parts = name.split('/');
  const last = parts.at(-1) ?? '';
  if (parts.length > 2)
    return `${what} ${QUALIFIED_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
  if (parts.length === 2) {
    const prefix = nameProblem(parts[0] ?? '', 'dns-subdomain');
    if (parts[0] === '') return 'prefix part must be non-empty';
    if (prefix !== undefined) return `prefix part ${prefix}`;
  }
  if (last === '') return 'name part must be non-empty';
  if (last.length > 63) return 'name part must be no more than 63 bytes';
  return QUALIFIED.test(last) ? undefined : `name part ${QUALIFIED_RULE}`;
}

/** Why a label value is not acceptable, or `undefined` when it is. */
export function labelValueProblem(value: string): string | undefined {
  if (value.length > 63) return 'must be no more than 63 bytes';
  if (/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(value)) return undefined;
  return "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
}
