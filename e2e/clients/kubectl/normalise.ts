/** What is replaced in a text, in this order; what a server, the machine or the moment chooses. */
const replacements: readonly (readonly [RegExp, string])[] = [
  [/https:\/\/\d+\.\d+\.\d+\.\d+:\d+/g, 'https://<server>'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>'],
  [/X509SHA256=[0-9a-f]+/g, 'X509SHA256=<hash>'],
  // What a command logs because it was told to.
  [/^I\d{4} \d\d:\d\d:\d\d\.\d+ .*\n/gm, ''],
  // What it watches when its time is over: whether it still logs that before it ends is chance.
  [/^E\d{4} .*"Failed to watch" err="context deadline exceeded".*\n/gm, ''],
  // Of other log lines and of the headers of `diff`.
  [/^[EW]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+\]/gm, '<log>'],
  [/^(---|\+\+\+) (\S+)\t.*$/gm, '$1 $2'],
  [/\/tmp\/(LIVE|MERGED)-\d+/g, '/tmp/$1'],
  [/\/tmp\/kubectl-edit-\w+\.yaml/g, '/tmp/kubectl-edit.yaml'],
  [/\/tmp\/\w+-edit-\w+\.yaml/g, '/tmp/kubectl-edit.yaml'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/(resourceVersion"?: ?)"\d+"/g, '$1"<revision>"'],
  [/(Resource Version: +)\d+/g, '$1<revision>'],
  [/(resource version to be \d+, was )\d+/g, '$1<revision>'],
  [/\b10\.96\.\d{1,3}\.\d{1,3}\b/g, '<address>'],
  [/\b3[0-2]\d{3}(?=\/TCP)/g, '<node-port>'],
  [/(nodePort"?: )\d+/g, '$1<node-port>'],
  // Ages, in columns of their own and in brackets.
  [/(?<=[\s(])(\d+h)?(\d+m)?\d+(ms|s)(?= |$|\))/gm, '<age>'],
  [/(?<= )\d+m$/gm, '<age>'],
  // Columns are as wide as what is in them.
  [/(?<=\S) {2,}/g, '  '],
  [/[ \t]+$/gm, ''],
];

const uid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;

/** Makes what is printed comparable. One for each server and script, because uids are numbered in the order of their appearance. */
export class Normaliser {
  readonly #folders: readonly (readonly [path: string, symbol: string])[];
  readonly #uids = new Map<string, string>();

  /** @param folder where the commands ran @param home where kubectl keeps its own files */
  constructor(folder: string, home: string) {
    this.#folders = [
      [folder, '<folder>'],
      [home, '<home>'],
    ];
  }

  /** The lines of a text, with symbols in place of what is different each time. */
  lines(text: string): string[] {
    let result = inOneOrder(text);
    for (const [path, symbol] of this.#folders) result = result.replaceAll(path, symbol);
    result = result.replaceAll(uid, (id) => this.#symbol(id));
    for (const [pattern, symbol] of replacements) result = result.replaceAll(pattern, symbol);
    return result === '' ? [] : withCausesInOrder(result.replace(/\n$/, '').split('\n'));
  }

  #symbol(id: string): string {
    const symbol = this.#uids.get(id) ?? `<uid-${this.#uids.size + 1}>`;
    this.#uids.set(id, symbol);
    return symbol;
  }
}

/** What is wrong with an object is told in the order of a map of Go, which is another one each time. */
function withCausesInOrder(lines: readonly string[]): string[] {
  const causes = lines.filter((line) => line.startsWith('* ')).sort();
  return lines.map((line) => (line.startsWith('* ') ? causes.shift()! : line));
}

/** JSON with its members in the order of their names, a line each, and owners of fields in one order; any other text as it is. */
function inOneOrder(text: string): string {
  if (!text.startsWith('{')) return text;
  try {
    return `${JSON.stringify(ordered(JSON.parse(text)), null, 1)}\n`;
  } catch (error) {
    // Several objects one after the other, or a template's output.
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

function ordered(value: unknown, member = ''): unknown {
  if (Array.isArray(value)) {
    const list = value.map((element) => ordered(element));
    // Their own order depends on the seconds in which they were written.
    return member === 'managedFields' ? list.sort(byOwner) : list;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, ordered(inner, key)] as const);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function byOwner(one: unknown, other: unknown): number {
  const key = (value: unknown) => {
    const { operation, manager, subresource } = value as Record<string, unknown>;
    return JSON.stringify([operation, manager, subresource ?? '']);
  };
  return key(one) < key(other) ? -1 : 1;
}
