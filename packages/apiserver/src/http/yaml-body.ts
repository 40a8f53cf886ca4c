import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, Scalar, type Node } from 'yaml';
import type { ScalarTag } from 'yaml';
import { ApiServerError } from '../errors.ts';
import type { JsonObject } from '../object/json.ts';
import { mostLevels, tooDeep } from '../object/nesting.ts';
import { MOST_YAML, undecodable, type Parsed } from './yaml-limits.ts';

/** Words for true and false in the YAML that Kubernetes reads; other things of YAML 1.1 it does not. */
const WORDS: ScalarTag = {
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/,
  resolve: (text) => /^(?:y|on)/i.test(text),
};

/** Values that a text may mean: aliases make many of few. */
const MOST_VALUES = 200_000;
/** Characters of all strings that a text may mean. */
const MOST_CHARACTERS = 3 * 1024 * 1024;

/** Reads YAML as Kubernetes does. @throws ApiServerError `BadRequest`, `RequestEntityTooLarge` */
export function readYaml(text: string): Parsed {
  if (text.length > MOST_YAML) throw tooLarge();
  const lines = new LineCounter();
  const document = parseOrRefuse(text, lines);
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw undecodable(`${error.message} at line ${line}, column ${col}`, error);
  }
  const reader = new Reader(lines);
  return { value: reader.read(document.contents), duplicates: reader.duplicates };
}

function parseOrRefuse(text: string, lines: LineCounter) {
  try {
    // What comes twice is found below: the parser compares each member with all before it.
    return parseDocument(text, {
      customTags: (tags) => [WORDS, ...tags],
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter: lines,
    });
  } catch (error) {
    // Nested too deep for the parser.
    if (error instanceof RangeError) throw tooDeep();
    throw error;
  }
}

function tooLarge(): ApiServerError {
  return new ApiServerError(
    'RequestEntityTooLarge',
    `YAML may have ${MOST_YAML} characters at most, and mean ${MOST_VALUES} values and ${MOST_CHARACTERS} characters: send JSON`,
  );
}

/**
 * Makes values of what the parser has found. Not left to the parser: in maps as keys and in aliases a few hundred bytes can be
 * hours of work for it.
 */
class Reader {
  readonly duplicates: string[] = [];
  readonly #lines: LineCounter;
  /** What an anchor stands for, as far as the text has been read: an alias means the last one before it. */
  readonly #anchors = new Map<string, Node>();
  #values = 0;
  #characters = 0;
  #level = 0;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  read(node: unknown): unknown {
    this.#values += 1;
    if (this.#values > MOST_VALUES) throw tooLarge();
    if (isAlias(node)) return this.#readOnce(node.source, this.#resolve(node.source));
    if (isScalar(node)) return this.#scalar(node);
    if (!isMap(node) && !isSeq(node)) return null;
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    this.#level += 1;
    if (this.#level > mostLevels) throw tooDeep();
    const value = isSeq(node) ? node.items.map((item) => this.read(item)) : this.#map(node);
    this.#level -= 1;
    return value;
  }

  #scalar(node: Scalar): unknown {
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    const { value } = node;
    if (typeof value === 'string') {
      this.#characters += value.length;
      if (this.#characters > MOST_CHARACTERS) throw tooLarge();
    }
    if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
    return typeof value === 'bigint' ? Number(value) : value;
  }

  #resolve(anchor: string): Node {
    const node = this.#anchors.get(anchor);
    if (node === undefined) throw undecodable(`yaml: unknown anchor '${anchor}' referenced`);
    return node;
  }

  /** What an alias means; inside of itself it means nothing. */
  #readOnce(anchor: string, node: Node): unknown {
    this.#anchors.delete(anchor);
    const value = this.read(node);
    this.#anchors.set(anchor, node);
    return value;
  }

  #map(node: { items: readonly { key: unknown; value: unknown }[] }): JsonObject {
    const own = new Map<string, unknown>();
    const merged: unknown[] = [];
    for (const { key, value } of node.items) {
      if (isMerge(key)) {
        merged.push(value);
        continue;
      }
      const name = this.#name(key);
      if (own.has(name)) this.#repeated(key, name);
      own.set(name, this.read(value));
    }
    // Members of its own come before those of maps that it takes in.
    for (const source of merged.flatMap((value) => this.#sources(value)))
      for (const [name, value] of Object.entries(source)) if (!own.has(name)) own.set(name, value);
    return Object.fromEntries(own);
  }

  #name(key: unknown): string {
    const node = isAlias(key) ? this.#resolve(key.source) : key;
    if (node === null || node === undefined) return '';
    if (!isScalar(node)) throw undecodable('error converting YAML to JSON: yaml: invalid map key');
    const value = this.#scalar(node);
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  }

  #repeated(key: unknown, name: string): void {
    const [at = 0] = isScalar(key) ? (key.range ?? []) : [];
    this.duplicates.push(
      `line ${this.#lines.linePos(at).line}: key ${JSON.stringify(name)} already set in map`,
    );
  }

  /** The maps that a merge key takes in: one or several. */
  #sources(value: unknown): JsonObject[] {
    const source = isAlias(value) ? this.#resolve(value.source) : value;
    const maps = isSeq(source) ? source.items : [value];
    return maps.map((one) => {
      if (!isMap(isAlias(one) ? this.#resolve(one.source) : one))
        throw undecodable(
          'error converting YAML to JSON: yaml: map merge requires map or sequence of maps as the value',
        );
      return this.read(one) as JsonObject;
    });
  }
}

function isMerge(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === Scalar.PLAIN;
}
