import { fileURLToPath } from 'node:url';
import { crdCatalogue } from '@virtkit/core-types';
import { stringify } from 'yaml';

/** Where the manifests stand in the repository. */
export const folder = fileURLToPath(new URL('../generated/crds/', import.meta.url));

/** Text of every CustomResourceDefinition by file name. */
export function manifests(): Map<string, string> {
  return new Map(
    crdCatalogue().map((definition) => [
      `${definition.metadata.name}.yaml`,
      stringify(definition, { aliasDuplicateObjects: false, lineWidth: 0 }),
    ]),
  );
}
