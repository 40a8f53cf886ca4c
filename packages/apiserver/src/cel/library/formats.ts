// `format.dns1123Label().validate(text)`: the formats that Kubernetes has names for.
import type { LibrarySource } from '../overloads.ts';
import { list, Optional, type Opaque } from '../values.ts';
import { checkFormat } from '../../schema/format.ts';
import { of } from './standard.ts';
import { urlProblem } from './url.ts';

type Problems = (text: string) => string[];

class NamedFormat implements Opaque {
  readonly kind = 'opaque';
  readonly type = 'kubernetes.NamedFormat';
  readonly name: string;
  readonly problems: Problems;

  constructor(name: string, problems: Problems) {
    this.name = name;
    this.problems = problems;
  }

  equals(other: Opaque): boolean {
    return other instanceof NamedFormat && other.name === this.name;
  }
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = String.raw`${LABEL}(\.${LABEL})*`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

function used(pattern: string): string {
  return `regex used for validation is '${pattern}'`;
}

function examples(...texts: string[]): string {
  return `(e.g. ${texts.map((text) => `'${text}'`).join(', or ')}, `;
}

interface Rule {
  pattern: string;
  length: number;
  says: string;
}

const RULES: Readonly<Record<'label' | 'subdomain' | 'label1035', Rule>> = {
  label: {
    pattern: LABEL,
    length: 63,
    says: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character ${examples('my-name', '123-abc')}${used(LABEL)})`,
  },
  subdomain: {
    pattern: SUBDOMAIN,
    length: 253,
    says: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character ${examples('example.com')}${used(SUBDOMAIN)})`,
  },
  label1035: {
    pattern: LABEL_1035,
    length: 63,
    says: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character ${examples('my-name', 'abc-123')}${used(LABEL_1035)})`,
  },
};

function tooLong(length: number): string {
  return `must be no more than ${length} bytes`;
}

function byRule({ pattern, length, says }: Rule, lengthFirst = true): Problems {
  const expression = new RegExp(`^${pattern}$`);
  return (text) => {
    const long = Buffer.byteLength(text) > length ? [tooLong(length)] : [];
    const wrong = expression.test(text) ? [] : [says];
    return lengthFirst ? [...long, ...wrong] : [...wrong, ...long];
  };
}

/** A prefix of names to be generated may end in a dash, which is then taken for a letter. */
function prefix(problems: Problems): Problems {
  return (text) => problems(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -1)}a` : text);
}

function qualifiedName(text: string): string[] {
  const parts = text.split('/');
  const says = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${examples('MyName', 'my.name', '123-abc')}${used(QUALIFIED)})`;
  if (parts.length > 2)
    return [
      `a qualified name ${says} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  const name = parts.at(-1) ?? '';
  const domain = parts.length === 2 ? parts[0] : undefined;
  const problems: string[] = [];
  if (domain === '') problems.push('prefix part must be non-empty');
  else if (domain !== undefined)
    problems.push(...byRule(RULES.subdomain)(domain).map((problem) => `prefix part ${problem}`));
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > 63) problems.push(`name part ${tooLong(63)}`);
  if (!new RegExp(`^${QUALIFIED}$`).test(name)) problems.push(`name part ${says}`);
  return problems;
}

function labelValue(text: string): string[] {
  const pattern = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
  const says = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${examples('MyValue', 'my_value', '12345')}${used(pattern)})`;
  return [
    ...(text.length > 63 ? [tooLong(63)] : []),
    ...(new RegExp(`^${pattern}$`).test(text) ? [] : [says]),
  ];
}

const uri: Problems = (text) => {
  const problem = urlProblem(text);
  return problem === undefined ? [] : [problem];
};

function byFormat(format: string, says: string): Problems {
  return (text) => (checkFormat(format, text) ? [] : [says]);
}

const FORMATS: Readonly<Record<string, Problems>> = {
  dns1123Label: byRule(RULES.label),
  dns1123Subdomain: byRule(RULES.subdomain),
  dns1035Label: byRule(RULES.label1035),
  dns1123LabelPrefix: prefix(byRule(RULES.label)),
  dns1123SubdomainPrefix: prefix(byRule(RULES.subdomain)),
  dns1035LabelPrefix: prefix(byRule(RULES.label1035)),
  qualifiedName,
  labelValue,
  uri,
  uuid: byFormat('uuid', 'does not match the UUID format'),
  byte: byFormat('byte', 'invalid base64'),
  date: byFormat('date', 'invalid date'),
  datetime: byFormat('date-time', 'invalid datetime'),
};

const F = 'kubernetes.NamedFormat';

/** Named formats. */
export const NAMED_FORMATS: LibrarySource = {
  ...Object.fromEntries(
    Object.entries(FORMATS).map(([name, problems]) => [
      `format.${name}`,
      { [`() ${F}`]: () => new NamedFormat(name, problems) },
    ]),
  ),
  'format.named': {
    [`(string) optional(${F})`]: of((name: string) => {
      const problems = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
      return problems === undefined ? Optional.none : new Optional(new NamedFormat(name, problems));
    }),
  },
  validate: {
    [`${F}.(string) optional(list(string))`]: of((format: NamedFormat, text: string) => {
      const problems = format.problems(text);
      return problems.length === 0 ? Optional.none : new Optional(list(problems));
    }),
  },
};
