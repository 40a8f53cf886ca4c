import fc from 'fast-check';
import type { Change, DrawnKind } from './resource.ts';

/** One of these patches. */
export const change = (...changes: Change[]): fc.Arbitrary<Change> => fc.constantFrom(...changes);

/** One of these contents of an object. */
export const content = (...contents: Record<string, unknown>[]): fc.Arbitrary<Record<string, unknown>> =>
  fc.constantFrom(...contents);

/** Names of objects: few, so that requests of one sequence meet. */
export const name = fc.constantFrom('a', 'b', 'c');

/** Names of objects of a kind; those of the whole cluster start with the namespace of the sequence. */
export function nameOf({ namespaced = true }: DrawnKind): fc.Arbitrary<string> {
  return namespaced ? name : name.map((own) => `{{ns}}-${own}`);
}

export const value = fc.constantFrom('0', '1', '2');
export const labels = fc.constantFrom({}, { in: 'yes' }, { in: 'no' }, { in: 'yes', more: 'x' });
export const finalizers = fc.constantFrom(
  [],
  [],
  [],
  ['example.com/f'],
  ['example.com/f', 'example.com/g'],
);

/** Of an answer that came before, by its number; there may be none, or it may be a refusal: then both servers get nonsense. */
export const earlier = fc.integer({ min: 0, max: 6 });
export const revision = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: earlier.map((step) => `{{r${step}.metadata.resourceVersion}}`) },
);

const dryRun = fc.constantFrom('', '', '', '', '', '', 'dryRun=All', 'dryRun=all');
const validation = fc.constantFrom('', '', '', 'fieldValidation=Strict', 'fieldValidation=Ignore');
const manager = fc.constantFrom('', '', 'fieldManager=one');

/** Parameters of a write. */
export const writeParameters = fc.tuple(dryRun, validation, manager);

const selections = [
  '',
  '',
  'labelSelector=in%3Dyes',
  'labelSelector=in',
  'labelSelector=!in',
  'labelSelector=in%20notin%20(yes)',
  'fieldSelector=metadata.name%3Da',
  'fieldSelector=metadata.name!%3Da',
];

/** What a list, a watch or a deletion of many selects. */
export function selectionOf({ selectors = [] }: DrawnKind): fc.Arbitrary<string> {
  return fc.constantFrom(...selections, ...selectors.map((selector) => `fieldSelector=${selector}`));
}

export const withQuery = (path: string, ...parameters: string[]): string => {
  const given = parameters.filter((parameter) => parameter !== '');
  return given.length === 0 ? path : `${path}?${given.join('&')}`;
};
