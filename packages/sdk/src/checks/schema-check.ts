import { assertFitsSchema } from './schema-findings.ts';
import { noCheck, type WriteCheck } from './write-check.ts';

/** Objects must fit the schema of their kind. Patches are no objects and pass. */
export const schemaCheck: WriteCheck = {
  ...noCheck,
  object: ({ definition }, object) => assertFitsSchema(definition, object),
};
