import type { StatusCause } from '../errors.ts';
import { cloneJson, equalJson, isObject, membersOf } from '../object/json.ts';
import { timestamp, type KubeObject } from '../object/types.ts';
import type { ResourceDefinition, Strategy } from '../registry/definition.ts';
import type { Transaction } from '../storage/store.ts';
import { builtin } from '../kinds/builtin.ts';
import { ageColumn, nameColumn } from '../table/common-columns.ts';
import { asCustomResourceDefinition, completeNames } from './definitions.ts';
import { CRD_CLEANUP_FINALIZER, CRD_GROUP, CRD_STORAGE } from './group.ts';
import { CRD_SCHEMA } from './schema.ts';
import type { CustomResourceNames } from './types.ts';
import { definitionRuleProblems, loadPatternsOf } from './definition-rules.ts';
import { validateCustomResourceDefinition } from './validate.ts';

/** The resource `customresourcedefinitions`. */
export function customResourceDefinitionKind(now: () => Date): ResourceDefinition {
  return builtin({
    group: CRD_GROUP,
    version: 'v1',
    kind: 'CustomResourceDefinition',
    resource: 'customresourcedefinitions',
    requiresRevision: true,
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    namespaced: false,
    status: true,
    tracksGeneration: true,
    schema: CRD_SCHEMA,
    strategy: strategy(now),
    columns: [
      nameColumn(),
      {
        name: 'Created At',
        type: 'date',
        description: 'When the definition was created.',
        priority: 0,
        cell: (object) => object.metadata.creationTimestamp ?? null,
      },
      ageColumn(1),
    ],
  });
}

function strategy(now: () => Date): Strategy {
  return {
    // Until its deletion nothing has to wait for a definition.
    holdsDeletion: ({ metadata }) => metadata.deletionTimestamp === undefined,
    applyDefaults: (object) => {
      const spec = membersOf(object.spec);
      if (isObject(spec.names) && typeof spec.names.kind === 'string') {
        spec.names.singular ??= spec.names.kind.toLowerCase();
        spec.names.listKind ??= `${spec.names.kind}List`;
      }
      spec.conversion ??= { strategy: 'None' };
    },
    validate: validateCustomResourceDefinition,
    prepareValidation: loadPatternsOf,
    validateDeeply: definitionRuleProblems,
    validateUpdate: immutableFields,
    allocate: (object, old, transaction) => acceptNames(object, old, transaction, now()),
    prepareForDeletion: (object) => {
      const { metadata } = object;
      metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), CRD_CLEANUP_FINALIZER])];
      setCondition(
        object,
        'Terminating',
        true,
        'InstanceDeletionPending',
        'objects of this kind are being deleted',
        now(),
      );
    },
  };
}

function immutableFields(object: KubeObject, old: KubeObject): StatusCause[] {
  const spec = asCustomResourceDefinition(object).spec;
  const before = asCustomResourceDefinition(old).spec;
  const causes: StatusCause[] = [];
  const compare = (field: string, a: unknown, b: unknown) => {
    if (!equalJson(a, b))
      causes.push({
        reason: 'FieldValueInvalid',
        field,
        message: `Invalid value: ${JSON.stringify(a)}: field is immutable`,
      });
  };
  compare('spec.group', spec.group, before.group);
  compare('spec.scope', spec.scope, before.scope);
  compare('spec.names.plural', spec.names.plural, before.names.plural);
  compare('spec.names.kind', spec.names.kind, before.names.kind);
  return causes;
}

/**
 * Accepts or refuses the names within the transaction that stores the definition, so that two definitions can never both
 * own a name, and sets the conditions accordingly.
 */
function acceptNames(
  object: KubeObject,
  old: KubeObject | undefined,
  transaction: Transaction,
  now: Date,
): void {
  const { spec } = asCustomResourceDefinition(object);
  if (old !== undefined && equalJson(spec, asCustomResourceDefinition(old).spec)) return;
  const wanted = completeNames(spec.names);
  const taken = transaction
    .list(CRD_STORAGE)
    .filter((stored) => stored.name !== object.metadata.name)
    .map((stored) => asCustomResourceDefinition(stored.object).spec)
    .filter((other) => other.group === spec.group)
    .map((other) => completeNames(other.names));
  const clash = findClash(wanted, taken);
  const status = { ...membersOf(cloneJson(object.status)) };
  status.acceptedNames =
    clash === undefined ? spec.names : (status.acceptedNames ?? { plural: '', kind: '' });
  const stored = new Set(Array.isArray(status.storedVersions) ? (status.storedVersions as string[]) : []);
  for (const version of spec.versions) if (version.storage) stored.add(version.name);
  status.storedVersions = [...stored];
  object.status = status;
  if (clash === undefined) {
    setCondition(object, 'NamesAccepted', true, 'NoConflicts', 'no conflicts found', now);
    setCondition(
      object,
      'Established',
      true,
      'InitialNamesAccepted',
      'the initial names have been accepted',
      now,
    );
  } else {
    setCondition(
      object,
      'NamesAccepted',
      false,
      'NameConflict',
      `the name "${clash}" is already in use`,
      now,
    );
    setCondition(object, 'Established', false, 'NotAccepted', 'not all names are accepted', now);
  }
}

function findClash(
  wanted: Required<CustomResourceNames>,
  taken: readonly Required<CustomResourceNames>[],
): string | undefined {
  const resources = new Set(taken.flatMap((names) => [names.plural, names.singular, ...names.shortNames]));
  const kinds = new Set(taken.flatMap((names) => [names.kind, names.listKind]));
  return (
    [wanted.plural, wanted.singular, ...wanted.shortNames].find((name) => resources.has(name)) ??
    [wanted.kind, wanted.listKind].find((name) => kinds.has(name))
  );
}

function setCondition(
  object: KubeObject,
  type: string,
  holds: boolean,
  reason: string,
  message: string,
  now: Date,
): void {
  const status = { ...membersOf(object.status) };
  const conditions = Array.isArray(status.conditions) ? (status.conditions as unknown[]) : [];
  const value = holds ? 'True' : 'False';
  const before = conditions.map(membersOf).find((condition) => condition.type === type);
  const lastTransitionTime = before?.status === value ? before.lastTransitionTime : timestamp(now);
  const others = conditions.filter((condition) => membersOf(condition).type !== type);
  status.conditions = [...others, { type, status: value, lastTransitionTime, reason, message }];
  object.status = status;
}
