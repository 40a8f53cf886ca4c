import type { IncomingMessage } from 'node:http';
import { parseDocument, type ScalarTag } from 'yaml';
import { ApiServerError } from '../errors.ts';
import { isObject, type JsonObject } from '../object/json.ts';
import { isTooDeep, levelsOfJson, mostLevels, tooDeep } from '../object/nesting.ts';
import { readBody } from './body.ts';
import { duplicateMembers } from './json-body.ts';

/** What somebody applies, and the members that it contains twice. */
export interface ApplyConfiguration {
  readonly value: JsonObject;
  readonly duplicates: readonly string[];
}

/** Words for true and false in the YAML that Kubernetes reads; other things of YAML 1.1 it does not. */
const WORDS: ScalarTag = {
  default: true,
  tag: 'tag:yaml.org,2002:bool',
  test: /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/,
  resolve: (text) => /^(?:y|on)/i.test(text),
};

/**
 * Reads the YAML, or JSON, of a server-side apply.
 * @throws ApiServerError `BadRequest`, and what {@link readBody} throws
 */
export async function readApplyConfiguration(request: IncomingMessage): Promise<ApplyConfiguration> {
  const text = await readBody(request);
  if (levelsOfJson(text) > mostLevels) throw tooDeep();
  const { value, duplicates } = fromJson(text) ?? fromYaml(text);
  if (value === null || value === undefined) return { value: {}, duplicates };
  if (!isObject(value))
    throw undecodable(
      `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type map[string]interface {}`,
    );
  if (isTooDeep(value)) throw tooDeep();
  return { value, duplicates };
}

interface Parsed {
  value: unknown;
  duplicates: string[];
}

/** JSON is YAML, and what clients send most. Members that occur twice are left to the parser that can tell their lines. */
function fromJson(text: string): Parsed | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return duplicateMembers(text).length > 0 ? undefined : { value, duplicates: [] };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function fromYaml(text: string): Parsed {
  try {
    const document = parseDocument(text, { customTags: (tags) => [WORDS, ...tags], merge: true });
    const duplicates: string[] = [];
    for (const error of document.errors) {
      if (error.code !== 'DUPLICATE_KEY') throw undecodable(error.message, error);
      const name = /^[^:\n]*/.exec(text.slice(error.pos[0]))?.[0].trim() ?? '';
      const line = error.linePos?.[0].line ?? 0;
      duplicates.push(
        `line ${line}: key ${JSON.stringify(name.replaceAll(/^["']|["']$/g, ''))} already set in map`,
      );
    }
    return { value: document.toJS(), duplicates };
  } catch (error) {
    // Nested too deep for the parser, or more aliases than anybody needs.
    if (error instanceof RangeError) throw tooDeep();
    if (error instanceof ReferenceError) throw undecodable(error.message, error);
    throw error;
  }
}

function undecodable(why: string, cause?: unknown): ApiServerError {
  return new ApiServerError('BadRequest', `error decoding YAML: ${why}`, { cause });
}
