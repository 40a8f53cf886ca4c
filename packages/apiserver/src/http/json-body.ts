import { ApiServerError } from '../errors.ts';
import { endOfString, levelsOfJson, mostLevels, tooDeep } from '../object/nesting.ts';

/**
 * Finds members that a JSON object contains more than once, at any depth. `JSON.parse` silently keeps the last of them.
 * @param text JSON that has been parsed successfully.
 * @returns paths such as `spec.replicas`.
 */
export function duplicateMembers(text: string): string[] {
  return new DuplicateScanner(text).run();
}

/** Kubernetes tells no more either. */
const MOST_FOUND = 100;
/** Characters of a path that are told. */
const LONGEST_PATH = 4096;

interface Frame {
  /** Member names seen so far; absent for arrays. */
  names: Set<string> | undefined;
  index: number;
  path: string;
}

/** Walks over the tokens of valid JSON without building values. */
class DuplicateScanner {
  readonly #text: string;
  readonly #found: string[] = [];
  readonly #stack: Frame[] = [];
  #expectName = false;
  /** Path of the value that comes next. */
  #next = '';

  constructor(text: string) {
    this.#text = text;
  }

  run(): string[] {
    const text = this.#text;
    for (let at = 0; at < text.length; at += 1) {
      const char = text[at];
      if (char === '"') at = this.#string(at);
      else if (char === '{') this.#open({ names: new Set(), index: 0, path: this.#next });
      else if (char === '[') this.#open({ names: undefined, index: 0, path: this.#next });
      else if (char === '}' || char === ']') this.#close();
      else if (char === ',') this.#comma();
    }
    return this.#found;
  }

  #open(frame: Frame): void {
    this.#stack.push(frame);
    this.#expectName = frame.names !== undefined;
    if (frame.names === undefined) this.#next = `${frame.path}[0]`;
  }

  #close(): void {
    this.#stack.pop();
    this.#expectName = false;
  }

  #comma(): void {
    const frame = this.#stack.at(-1);
    if (frame === undefined) return;
    this.#expectName = frame.names !== undefined;
    frame.index += 1;
    if (frame.names === undefined) this.#next = `${frame.path}[${frame.index}]`;
  }

  /** Consumes a string and returns the index of its closing quote. */
  #string(start: number): number {
    const end = endOfString(this.#text, start);
    const frame = this.#stack.at(-1);
    if (this.#expectName && frame?.names !== undefined) {
      const name = JSON.parse(this.#text.slice(start, end + 1)) as string;
      const path = frame.path === '' ? name : `${frame.path}.${name}`;
      if (frame.names.has(name) && this.#found.length < MOST_FOUND)
        this.#found.push(path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH)}...` : path);
      frame.names.add(name);
      this.#next = path;
      this.#expectName = false;
    }
    return end;
  }
}

/** Parses JSON that is nested {@link mostLevels} deep at most. @throws ApiServerError `BadRequest` */
export function parseJson(text: string): unknown {
  // Looked at before it is parsed: the parser itself would run out of stack.
  if (levelsOfJson(text) > mostLevels) throw tooDeep();
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ApiServerError('BadRequest', `the body of the request is not valid JSON: ${error.message}`, {
      cause: error,
    });
  }
}
