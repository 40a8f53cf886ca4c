import { ApiServerError } from '../errors.ts';
import { elementsOf, membersOf } from '../object/json.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { list, obj, str, mergeList } from '../schema/dsl.ts';
import { ageColumn, nameColumn } from '../table/common-columns.ts';
import { builtin, objectSchema } from './builtin.ts';
import { CONDITION } from './schemas/meta.ts';

/** The namespaces that exist from the start and cannot be deleted. */
export const SYSTEM_NAMESPACES: readonly string[] = [
  'default',
  'kube-system',
  'kube-public',
  'kube-node-lease',
];
/** Label by which a namespace can be selected by its name. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** The resource `namespaces`. */
export function namespaceKind(): ResourceDefinition {
  return builtin({
    group: '',
    version: 'v1',
    kind: 'Namespace',
    resource: 'namespaces',
    answersDeleted: true,
    shortNames: ['ns'],
    namespaced: false,
    status: true,
    nameFormat: 'dns-label',
    extraSubresources: ['finalize'],
    schema: objectSchema('A scope for names.', {
      spec: obj('Desired state.', {
        finalizers: list(str(), 'Must be empty before the namespace disappears.'),
      }),
      status: obj('Observed state.', {
        phase: str('Active or Terminating.'),
        conditions: mergeList(CONDITION, 'type', 'What hinders the deletion.'),
      }),
    }),
    selectableFields: { 'status.phase': ['status', 'phase'] },
    columns: [
      nameColumn(),
      {
        name: 'Status',
        type: 'string',
        description: 'Active or Terminating.',
        priority: 0,
        cell: (object) => String(membersOf(object.status).phase),
      },
      ageColumn(),
    ],
    strategy: {
      prepareForCreate: (object) => {
        object.spec = { finalizers: ['kubernetes'] };
        object.status = { phase: 'Active' };
      },
      prepareForUpdate: (object, old) => {
        object.spec = old.spec;
      },
      applyDefaults: ({ metadata }) => {
        if (metadata.name !== undefined && metadata.name !== '')
          metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
      },
      prepareForDeletion: (object) => {
        object.status = { ...membersOf(object.status), phase: 'Terminating' };
      },
      holdsDeletion: (object) => elementsOf(membersOf(object.spec).finalizers).length > 0,
      checkDeletion: ({ metadata }) => {
        const name = metadata.name ?? '';
        if (SYSTEM_NAMESPACES.includes(name))
          throw new ApiServerError(
            'Forbidden',
            `namespaces "${name}" is forbidden: this namespace may not be deleted`,
            {
              kind: 'namespaces',
              name,
            },
          );
      },
    },
  });
}
