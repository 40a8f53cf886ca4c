import type { StatusCause } from '../errors.ts';
import { elementsOf, isObject, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import { readFields, sorted, type FieldTree } from './field-tree.ts';

/** How somebody came to own fields. */
export type Operation = 'Apply' | 'Update';

/** Who owns fields, and which: one entry of `metadata.managedFields`. */
export interface Manager {
  readonly name: string;
  readonly operation: Operation;
  /** Of the fields' names. */
  readonly apiVersion: string;
  readonly subresource: string;
  /** When its fields changed last; RFC 3339. */
  readonly time: string | undefined;
  readonly fields: FieldTree;
}

/** The owners of an object's fields by {@link identityOf}. */
export type Managers = Map<string, Manager>;

/** Longest name of a manager in bytes, as in Kubernetes. */
export const MAX_MANAGER_LENGTH = 128;
const MAX_SUBRESOURCE_LENGTH = 256;

/** What makes two entries the same one. Somebody who applies is the same in every version. */
export function identityOf({
  name,
  operation,
  apiVersion,
  subresource,
}: Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>): string {
  return JSON.stringify([name, operation, operation === 'Apply' ? '' : apiVersion, subresource]);
}

/** Reads an object's `metadata.managedFields`. @throws SyntaxError that says what is wrong with them. */
export function readManagers(object: KubeObject): Managers {
  const managers: Managers = new Map();
  for (const [index, entry] of elementsOf(object.metadata.managedFields).entries()) {
    const manager = readManager(entry, index);
    managers.set(identityOf(manager), manager);
  }
  return managers;
}

function readManager(entry: unknown, index: number): Manager {
  const { operation, apiVersion, fieldsType, time, ...rest } = isObject(entry) ? entry : {};
  if (operation !== 'Apply' && operation !== 'Update')
    throw new SyntaxError('operation must be `Apply` or `Update`');
  if (stringOf(apiVersion) === '') throw new SyntaxError('apiVersion must not be empty');
  if (stringOf(fieldsType) === '')
    throw new SyntaxError(`missing fieldsType in managed fields entry ${index}`);
  if (fieldsType !== 'FieldsV1')
    throw new SyntaxError(
      `invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${index}`,
    );
  return {
    name: stringOf(rest.manager),
    operation,
    apiVersion: stringOf(apiVersion),
    subresource: stringOf(rest.subresource),
    time: typeof time === 'string' ? time : undefined,
    fields: readFields(rest.fieldsV1),
  };
}

/** Writes `metadata.managedFields`; nobody means that there are none. */
export function writeManagers(object: KubeObject, managers: Managers): void {
  if (managers.size === 0) {
    delete object.metadata.managedFields;
    return;
  }
  object.metadata.managedFields = [...managers.values()].sort(compareManagers).map((manager) => ({
    ...(manager.name !== '' && { manager: manager.name }),
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    ...(manager.time !== undefined && { time: manager.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: sorted(manager.fields),
    ...(manager.subresource !== '' && { subresource: manager.subresource }),
  }));
}

function compareManagers(a: Manager, b: Manager): number {
  return (
    compareText(a.operation, b.operation) ||
    secondsOf(a) - secondsOf(b) ||
    compareText(a.name, b.name) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a === b ? 0 : 1;
}

/** When the fields of a manager changed last, in seconds since 1970; 0 if nobody knows. */
export function secondsOf({ time }: Manager): number {
  const milliseconds = time === undefined ? 0 : Date.parse(time);
  return Number.isNaN(milliseconds) ? 0 : Math.floor(milliseconds / 1000);
}

/** An entry as people read it in the message of a conflict. */
export function printManager({ name, operation, apiVersion, subresource }: Manager): string {
  const quoted = JSON.stringify(name);
  const where = subresource === '' ? quoted : `${quoted} with subresource ${JSON.stringify(subresource)}`;
  return operation === 'Update' ? `${where} using ${apiVersion}` : where;
}

/** What is wrong with the name of a manager. @param field where the name was given. */
export function managerNameCauses(name: string, field: string): StatusCause[] {
  const causes: StatusCause[] = [];
  if (Buffer.byteLength(name) > MAX_MANAGER_LENGTH)
    causes.push({
      reason: 'FieldValueTooLong',
      field,
      message: `Too long: may not be more than ${MAX_MANAGER_LENGTH} bytes`,
    });
  let position = 0;
  for (const character of name) {
    if (!isPrintable(character))
      causes.push({
        reason: 'FieldValueInvalid',
        field,
        message: `Invalid value: ${quoted(name)}: invalid character ${codePoint(character)} (at position ${position})`,
      });
    position += Buffer.byteLength(character);
  }
  return causes;
}

/** True for letters, marks, numbers, punctuation, symbols and the space: what Go calls printable. */
export function isPrintable(character: string): boolean {
  // Of almost all names there is nothing else, and the classes of Unicode take a while to get ready.
  if (character >= ' ' && character <= '~') return true;
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** True if the name of a subresource is longer than Kubernetes takes. */
export function isSubresourceTooLong(subresource: string): boolean {
  return Buffer.byteLength(subresource) > MAX_SUBRESOURCE_LENGTH;
}

/** A text as Go quotes it, which knows letters for two characters more than JSON. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\\u0007', '\\a').replaceAll('\\u000b', '\\v');
}
