import type { IncomingMessage } from 'node:http';
import { isObject, type JsonObject } from '../object/json.ts';
import { isTooDeep, levelsOfJson, mostLevels, tooDeep } from '../object/nesting.ts';
import { readBody } from './body.ts';
import { duplicateMembers } from './json-body.ts';
import { MOST_YAML, undecodable, type Parsed } from './yaml-limits.ts';

/** What somebody applies, and the members that it contains twice. */
export interface ApplyConfiguration {
  readonly value: JsonObject;
  readonly duplicates: readonly string[];
}

/**
 * Reads the YAML, or JSON, of a server-side apply.
 * @throws ApiServerError `BadRequest`, and what {@link readBody} throws
 */
export async function readApplyConfiguration(request: IncomingMessage): Promise<ApplyConfiguration> {
  const text = await readBody(request);
  if (levelsOfJson(text) > mostLevels) throw tooDeep();
  const { value, duplicates } = fromJson(text) ?? (await fromYaml(text));
  if (value === null || value === undefined) return { value: {}, duplicates };
  if (!isObject(value))
    throw undecodable(
      `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type map[string]interface {}`,
    );
  if (isTooDeep(value)) throw tooDeep();
  return { value, duplicates };
}

/** The parser of YAML is loaded when somebody sends some: that takes as long as half of a start. */
async function fromYaml(text: string): Promise<Parsed> {
  const { readYaml } = await import('./yaml-body.ts');
  return readYaml(text);
}

/**
 * JSON is YAML, and what clients send most. Members that occur twice are left to the parser that can tell their lines, unless
 * the text is too long for it.
 */
function fromJson(text: string): Parsed | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const duplicates = duplicateMembers(text);
    if (duplicates.length > 0 && text.length <= MOST_YAML) return undefined;
    return { value, duplicates: duplicates.map((path) => `key ${JSON.stringify(path)} already set in map`) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
