import { crdCatalogue, type CustomResourceDefinition } from '@virtkit/core-types';
import { stringify } from 'yaml';
import { VirtkitError } from '../errors.ts';

/**
 * The CustomResourceDefinitions of KubeVirt's and CDI's kinds, in order of group and name.
 * @param group only those of this API group
 * @throws VirtkitError `not-found` when there are none in the group
 */
export function customResourceDefinitions(group?: string): CustomResourceDefinition[] {
  const all = crdCatalogue();
  if (group === undefined) return all;
  const chosen = all.filter(({ spec }) => spec.group === group);
  if (chosen.length > 0) return chosen;
  const groups = [...new Set(all.map(({ spec }) => spec.group))].join(', ');
  throw new VirtkitError('not-found', `no kinds in the API group ${group}`, {
    nextStep: `choose one of ${groups}`,
  });
}

/** YAML documents, as `kubectl create -f` takes them. */
export function yamlDocuments(objects: readonly unknown[]): string {
  return objects
    .map((object) => `---\n${stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 })}`)
    .join('')
    .trimEnd();
}
