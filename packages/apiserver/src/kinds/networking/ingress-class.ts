import type { StatusCause } from '../../errors.ts';
import { isObject, membersOf, stringOf } from '../../object/json.ts';
import type { KubeObject } from '../../object/types.ts';
import type { ResourceDefinition } from '../../registry/definition.ts';
import { named, obj, str } from '../../schema/dsl.ts';
import { ageColumn, nameColumn, textColumn } from '../../table/common-columns.ts';
import { builtin, objectSchema } from '../builtin.ts';
import { forbiddenCause, immutableCauses, requiredCause, unsupportedCause } from '../field-causes.ts';

const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';

/** The resource `ingressclasses`. */
export function ingressClassKind(): ResourceDefinition {
  return builtin({
    group: 'networking.k8s.io',
    version: 'v1',
    kind: 'IngressClass',
    resource: 'ingressclasses',
    namespaced: false,
    tracksGeneration: true,
    schema: objectSchema('Says which controller serves Ingresses.', {
      spec: named(
        'io.k8s.api.networking.v1.IngressClassSpec',
        obj('Desired state of an IngressClass.', {
          controller: str('Name of the controller.'),
          parameters: obj(
            'Names an object with settings.',
            {
              apiGroup: str('Its API group.'),
              kind: str('Its kind.'),
              name: str('Its name.'),
              scope: str('Cluster or Namespace.'),
              namespace: str('Its namespace.'),
            },
            ['kind', 'name'],
          ),
        }),
      ),
    }),
    strategy: {
      applyDefaults: ({ spec }) => {
        const { parameters } = membersOf(spec);
        if (isObject(parameters)) parameters.scope ??= 'Cluster';
      },
      validate,
      validateUpdate: (object, old) =>
        immutableCauses(['controller'], 'spec', [membersOf(object.spec), membersOf(old.spec)]),
    },
    columns: [
      {
        ...nameColumn(),
        cell: ({ metadata: { name = '', annotations } }) =>
          annotations?.[DEFAULT_CLASS] === 'true' ? `${name} (default)` : name,
      },
      textColumn('Controller', 'Name of the controller.', ({ spec }) => stringOf(membersOf(spec).controller)),
      textColumn('Parameters', 'Object with settings.', ({ spec }) => {
        const { parameters } = membersOf(spec);
        if (parameters === undefined) return '<none>';
        const { apiGroup, kind, name } = membersOf(parameters);
        return `${stringOf(kind)}${apiGroup === undefined ? '' : `.${stringOf(apiGroup)}`}/${stringOf(name)}`;
      }),
      ageColumn(),
    ],
  });
}

function validate({ spec }: KubeObject): StatusCause[] {
  const { controller, parameters } = membersOf(spec);
  const causes: StatusCause[] = [];
  if (stringOf(controller) === '') causes.push(requiredCause('spec.controller'));
  if (parameters === undefined) return causes;
  const { scope, namespace } = membersOf(parameters);
  if (scope !== 'Cluster' && scope !== 'Namespace')
    causes.push(unsupportedCause('spec.parameters.scope', scope, ['Cluster', 'Namespace']));
  if (scope === 'Namespace' && namespace === undefined)
    causes.push(requiredCause('spec.parameters.namespace', "`parameters.scope` is set to 'Namespace'"));
  if (scope === 'Cluster' && namespace !== undefined)
    causes.push(forbiddenCause('spec.parameters.namespace', "`parameters.scope` is set to 'Cluster'"));
  return causes;
}
