import { isMap, isScalar, LineCounter, parseAllDocuments, type Document } from 'yaml';
import { kubernetesTags } from './yaml-tags.ts';

/** How much of a text is read. What exceeds a limit is a problem of its document; nothing is cut off silently. */
export interface ManifestLimits {
  /** Characters of the whole text. */
  readonly text: number;
  /** Characters of one document; the API server takes requests of three million bytes. */
  readonly document: number;
  /** Objects and lists inside each other. */
  readonly depth: number;
  /** Nodes that aliases (`*name`) stand for, in one document: a few aliases of aliases can stand for billions. */
  readonly aliases: number;
}

/** Limits that no sensible manifest reaches. */
export const defaultManifestLimits: ManifestLimits = {
  text: 64 * 1024 * 1024,
  document: 3 * 1024 * 1024,
  depth: 100,
  aliases: 100,
};

/** An object of a manifest. */
export interface Manifest {
  readonly kind: 'object';
  /** Place of its document in the text, from 0. Items of a `List` share the place of their list. */
  readonly index: number;
  /** Line where its document begins, from 1. */
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Why a document cannot be read. */
export interface ManifestProblem {
  readonly kind: 'problem';
  readonly index: number;
  /** Line of the problem, from 1. */
  readonly line: number;
  readonly code: 'syntax' | 'too-large' | 'too-deep' | 'too-many-aliases' | 'not-an-object';
  readonly message: string;
}

/**
 * The objects of a text in YAML or JSON, with one document or many; `List`s are opened, empty documents left out. Never
 * throws: a document that cannot be read does not hide the others.
 */
export function readManifests(
  text: string,
  limits: ManifestLimits = defaultManifestLimits,
): (Manifest | ManifestProblem)[] {
  if (text.length > limits.text) {
    const message = `the text has ${text.length} characters; ${limits.text} are read at most`;
    return [{ kind: 'problem', index: 0, line: 1, code: 'too-large', message }];
  }
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    version: '1.1',
    schema: 'yaml-1.1',
    customTags: kubernetesTags,
    uniqueKeys: true,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
  });
  // Without any document the result has the shape of one that is empty.
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document, index) =>
    readDocument(document, { index, line: lines.linePos(contentStart(document)).line }, lines, limits),
  );
}

type Place = Pick<Manifest, 'index' | 'line'>;

function readDocument(
  document: Document.Parsed,
  place: Place,
  lines: LineCounter,
  limits: ManifestLimits,
): (Manifest | ManifestProblem)[] {
  const problem = (code: ManifestProblem['code'], message: string, line = place.line): ManifestProblem[] => [
    { kind: 'problem', index: place.index, line, code, message },
  ];
  const [start, end] = document.range;
  if (end - start > limits.document)
    return problem('too-large', `a document has ${limits.document} characters at most`);
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lines.linePos(error.pos[0]);
    if (error.code === 'RESOURCE_EXHAUSTION')
      return problem('too-deep', `objects and lists are more than ${limits.depth} levels deep`, line);
    return problem('syntax', error.message, line);
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return [];
  if (!isMap(contents)) return problem('not-an-object', 'a manifest is an object with apiVersion and kind');
  return valueOf(document, place, limits).flatMap((read) =>
    read.kind === 'object' ? openList(read) : [read],
  );
}

function valueOf(
  document: Document.Parsed,
  place: Place,
  limits: ManifestLimits,
): (Manifest | ManifestProblem)[] {
  const problem = (code: ManifestProblem['code'], message: string): ManifestProblem[] => [
    { kind: 'problem', ...place, code, message },
  ];
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: limits.aliases });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // The library has no codes here: a ReferenceError is its way to say that there are too many aliases.
    return error instanceof ReferenceError
      ? problem('too-many-aliases', `aliases stand for more than ${limits.aliases} nodes`)
      : problem('syntax', error.message);
  }
  if (deeperThan(limits.depth, value)) {
    return problem('too-deep', `objects and lists are more than ${limits.depth} levels deep`);
  }
  return [{ kind: 'object', ...place, value: value as Manifest['value'] }];
}

/** The items of a `List` of the core group, else the object itself. */
function openList(manifest: Manifest): (Manifest | ManifestProblem)[] {
  const { kind, apiVersion, items } = manifest.value;
  if (kind !== 'List' || apiVersion !== 'v1' || !Array.isArray(items)) return [manifest];
  const { index, line } = manifest;
  return items.map((item: unknown): Manifest | ManifestProblem =>
    isObject(item)
      ? { ...manifest, value: item }
      : { kind: 'problem', index, line, code: 'not-an-object', message: 'an item of the List is no object' },
  );
}

/** Where the content of a document begins, after its comments and directives. */
function contentStart(document: Document.Parsed): number {
  return document.contents?.range[0] ?? document.range[0];
}

/** Whether a value nests deeper than that; level by level, so that depth costs no stack. */
function deeperThan(depth: number, value: unknown): boolean {
  let level: object[] = isNested(value) ? [value] : [];
  for (let reached = 0; level.length > 0; reached += 1) {
    if (reached >= depth) return true;
    level = level.flatMap((node) => Object.values(node).filter(isNested));
  }
  return false;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
