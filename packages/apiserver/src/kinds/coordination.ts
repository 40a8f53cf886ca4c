import type { StatusCause } from '../errors.ts';
import { membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { atomic, int, long, obj, open, str, time } from '../schema/dsl.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../table/common-columns.ts';
import { builtin, objectSchema } from './builtin.ts';

/** Lease and ControllerRevision. */
export function coordinationKinds(): ResourceDefinition[] {
  return [lease(), controllerRevision()];
}

function lease(): ResourceDefinition {
  return builtin({
    group: 'coordination.k8s.io',
    version: 'v1',
    kind: 'Lease',
    resource: 'leases',
    createsOnUpdate: true,
    requiresRevision: true,
    namespaced: true,
    schema: objectSchema('A claim that must be renewed: leadership, or that a node is alive.', {
      spec: obj('The claim.', {
        holderIdentity: str('Who holds it.'),
        leaseDurationSeconds: int('Seconds after the renewal for which it holds.'),
        acquireTime: time('When the holder got it.'),
        renewTime: time('When the holder last renewed it.'),
        leaseTransitions: int('How often the holder changed.'),
        preferredHolder: str('Who should get it.'),
        strategy: str('How the holder is chosen.'),
      }),
    }),
    columns: [
      nameColumn(),
      textColumn('Holder', 'Who holds it.', (object) => stringOf(membersOf(object.spec).holderIdentity)),
      ageColumn(),
    ],
    strategy: {
      applyDefaults: (object) => {
        object.spec ??= {};
      },
      validate: validateLease,
    },
  });
}

function validateLease({ spec }: KubeObject): StatusCause[] {
  const { leaseDurationSeconds: seconds, leaseTransitions: transitions } = membersOf(spec);
  const bad = (member: string, value: number, why: string): StatusCause => ({
    reason: 'FieldValueInvalid',
    field: `spec.${member}`,
    message: `Invalid value: ${value}: must be greater than ${why}`,
  });
  return [
    ...(typeof seconds === 'number' && seconds <= 0 ? [bad('leaseDurationSeconds', seconds, '0')] : []),
    ...(typeof transitions === 'number' && transitions < 0
      ? [bad('leaseTransitions', transitions, 'or equal to 0')]
      : []),
  ];
}

function controllerRevision(): ResourceDefinition {
  return builtin({
    group: 'apps',
    version: 'v1',
    kind: 'ControllerRevision',
    resource: 'controllerrevisions',
    namespaced: true,
    schema: objectSchema(
      'A frozen state that a controller can come back to.',
      { data: atomic(open('The state.')), revision: long('Number of the revision.') },
      ['revision'],
    ),
    columns: [
      nameColumn(),
      textColumn('Controller', 'Owner.', (object) => {
        const owner = object.metadata.ownerReferences?.find((reference) => reference.controller === true);
        return owner === undefined
          ? '<none>'
          : `${owner.kind.toLowerCase()}.${owner.apiVersion.split('/')[0] ?? ''}/${owner.name}`;
      }),
      countColumn('Revision', 'Number.', (object) =>
        typeof object.revision === 'number' ? object.revision : null,
      ),
      ageColumn(),
    ],
  });
}
