import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApiServerError } from '../errors.ts';
import { isObject } from '../object/json.ts';
import type { CustomResourceDefinition } from './types.ts';

/**
 * CustomResourceDefinitions: one as an object; the text of a file in YAML (any number of documents) or JSON; or where such a
 * file, or a folder of them, is (a path, or a `file:` URL). Other objects beside them, as in the manifests with which
 * controllers are installed, are passed over.
 */
export type DefinitionSource = CustomResourceDefinition | string | URL;

const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json']);
const KIND = 'CustomResourceDefinition';

/**
 * The definitions of all sources, in their order.
 * @throws ApiServerError `InvalidConfiguration` for what cannot be read, and for a source without any definition
 */
export async function readDefinitions(
  sources: readonly DefinitionSource[],
): Promise<CustomResourceDefinition[]> {
  const all: CustomResourceDefinition[] = [];
  for (const source of sources) {
    if (typeof source !== 'string' && !(source instanceof URL)) all.push(source);
    else if (typeof source === 'string' && /[\n{]/.test(source))
      all.push(...(await some('the text', source)));
    else all.push(...(await fromPath(source instanceof URL ? fileURLToPath(source) : source)));
  }
  return all;
}

async function fromPath(path: string): Promise<CustomResourceDefinition[]> {
  try {
    if (!(await stat(path)).isDirectory()) return await some(path, await readFile(path, 'utf8'));
    const files = (await readdir(path)).filter((name) => EXTENSIONS.has(extname(name))).sort();
    const found: CustomResourceDefinition[] = [];
    for (const name of files) {
      const file = join(path, name);
      found.push(...(await definitionsIn(file, await readFile(file, 'utf8'))));
    }
    if (found.length === 0) throw none(path);
    return found;
  } catch (error) {
    if (error instanceof ApiServerError) throw error;
    throw new ApiServerError(
      'InvalidConfiguration',
      `cannot read definitions from ${path}: ${String(error)}`,
      {
        cause: error,
      },
    );
  }
}

async function some(what: string, text: string): Promise<CustomResourceDefinition[]> {
  const found = await definitionsIn(what, text);
  if (found.length === 0) throw none(what);
  return found;
}

function none(what: string): ApiServerError {
  return new ApiServerError('InvalidConfiguration', `there is no ${KIND} in ${what}`);
}

async function definitionsIn(what: string, text: string): Promise<CustomResourceDefinition[]> {
  const documents = await parse(what, text);
  // Their content is validated like that of any definition, when it is created.
  return documents.filter(
    (one) => isObject(one) && one.kind === KIND,
  ) as unknown as CustomResourceDefinition[];
}

async function parse(what: string, text: string): Promise<unknown[]> {
  // Loaded only where it is needed: it would make every other start longer.
  const { parseAllDocuments } = await import('yaml');
  const documents = parseAllDocuments(text);
  const broken = documents.flatMap((document) => document.errors)[0];
  if (broken !== undefined)
    throw new ApiServerError('InvalidConfiguration', `${what} is not YAML: ${broken.message}`, {
      cause: broken,
    });
  return documents.map((document): unknown => document.toJS() as unknown);
}
