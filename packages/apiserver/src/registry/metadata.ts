import { isSubresourceTooLong, managerNameCauses } from '../apply/managers.ts';
import type { StatusCause } from '../errors.ts';
import { elementsOf, equalJson, isObject, membersOf, stringOf } from '../object/json.ts';
import { labelValueProblem, nameProblem, qualifiedNameProblem } from '../object/names.ts';
import type { KubeObject, ObjectMeta } from '../object/types.ts';
import { unknownFields } from '../schema/prune.ts';
import { validateSchema } from '../schema/validate.ts';
import { OBJECT_META } from '../kinds/schemas/meta.ts';
import type { ResourceDefinition } from './definition.ts';

const MAX_ANNOTATION_BYTES = 256 * 1024;
const INVALID = 'FieldValueInvalid';
const STANDARD_FINALIZERS = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

function badValue(field: string, value: unknown, why: string): StatusCause {
  return { reason: INVALID, field, message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}

/** Type errors in metadata, and the paths of members that metadata does not have. */
export function checkMetadataShape(metadata: ObjectMeta): { causes: StatusCause[]; unknown: string[] } {
  // What is missing is empty, and refused as such later.
  const causes = validateSchema(OBJECT_META, metadata, 'metadata').filter(
    ({ reason }) => reason !== 'FieldValueRequired',
  );
  const unknown = unknownFields(OBJECT_META, metadata, { remove: 'all' }).map((path) => `metadata.${path}`);
  return { causes, unknown };
}

/** Violations of the rules for names, labels, annotations, finalizers and owner references. */
export function validateMetadata(definition: ResourceDefinition, metadata: ObjectMeta): StatusCause[] {
  const causes: StatusCause[] = [];
  const { name, generateName } = metadata;
  if (generateName !== undefined && generateName !== '') {
    const problem = nameProblem(generateName.replace(/-$/, 'a'), definition.nameFormat);
    if (problem !== undefined) causes.push(badValue('metadata.generateName', generateName, problem));
  }
  if (name === undefined || name === '') {
    if (generateName === undefined || generateName === '')
      causes.push({
        reason: 'FieldValueRequired',
        field: 'metadata.name',
        message: 'Required value: name or generateName is required',
      });
  } else {
    const problem = nameProblem(name, definition.nameFormat);
    if (problem !== undefined) causes.push(badValue('metadata.name', name, problem));
  }
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    const keyProblem = qualifiedNameProblem(key, 'a valid label key');
    if (keyProblem !== undefined) causes.push(badValue('metadata.labels', key, keyProblem));
    const valueProblem = labelValueProblem(value);
    if (valueProblem !== undefined) causes.push(badValue('metadata.labels', value, valueProblem));
  }
  let bytes = 0;
  for (const [key, value] of Object.entries(metadata.annotations ?? {})) {
    const problem = qualifiedNameProblem(key.toLowerCase());
    if (problem !== undefined) causes.push(badValue('metadata.annotations', key, problem));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > MAX_ANNOTATION_BYTES)
    causes.push({
      reason: 'FieldValueTooLong',
      field: 'metadata.annotations',
      message: `Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`,
    });
  (metadata.finalizers ?? []).forEach((finalizer, index) => {
    const problem = qualifiedNameProblem(finalizer);
    if (problem !== undefined) causes.push(badValue('metadata.finalizers', finalizer, problem));
    if (wantsDomain(definition) && !finalizer.includes('/') && !STANDARD_FINALIZERS.has(finalizer))
      causes.push(
        badValue(
          `metadata.finalizers[${index}]`,
          finalizer,
          'name is neither a standard finalizer name nor is it fully qualified',
        ),
      );
  });
  causes.push(...validateOwners(metadata), ...validateManagers(metadata));
  return causes;
}

/** Of custom resources finalizers without a domain are taken, with a warning for each new one. */
export function finalizerWarnings(
  definition: ResourceDefinition,
  object: KubeObject,
  old?: KubeObject,
): string[] {
  if (definition.origin !== 'custom') return [];
  const before = old?.metadata.finalizers ?? [];
  return (object.metadata.finalizers ?? [])
    .filter((name) => !name.includes('/') && !STANDARD_FINALIZERS.has(name) && !before.includes(name))
    .map(
      (name) =>
        `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers`,
    );
}

/** Definitions and what they define are not as strict about finalizers as Kubernetes' own kinds. */
function wantsDomain({ origin, group }: ResourceDefinition): boolean {
  return origin === 'builtin' && group !== 'apiextensions.k8s.io';
}

function validateOwners({ ownerReferences: owners = [] }: ObjectMeta): StatusCause[] {
  const causes = owners.flatMap((owner) => {
    const empty = (['apiVersion', 'kind', 'name', 'uid'] as const)
      .filter((member) => (owner[member] ?? '') === '')
      .map((member) =>
        badValue(
          `metadata.ownerReferences.${member}`,
          '',
          member === 'apiVersion' ? 'version must not be empty' : 'must not be empty',
        ),
      );
    const event = owner.apiVersion === 'v1' && owner.kind === 'Event';
    return event
      ? [
          ...empty,
          badValue('metadata.ownerReferences', owner, '/v1, Kind=Event is disallowed from being an owner'),
        ]
      : empty;
  });
  const [first, second] = owners.filter((owner) => owner.controller === true);
  if (first !== undefined && second !== undefined)
    causes.push(
      badValue(
        'metadata.ownerReferences',
        owners,
        `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`,
      ),
    );
  return causes;
}

function validateManagers({ managedFields }: ObjectMeta): StatusCause[] {
  return elementsOf(managedFields)
    .map(membersOf)
    .flatMap(({ manager, subresource }, index) => {
      const at = `metadata.managedFields[${index}]`;
      const causes = managerNameCauses(stringOf(manager), `${at}.manager`);
      if (isSubresourceTooLong(stringOf(subresource)))
        causes.push({
          reason: 'FieldValueTooLong',
          field: `${at}.subresource`,
          message: 'Too long: may not be more than 256 bytes',
        });
      return causes;
    });
}

const IMMUTABLE = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** Violations of the rules for changing metadata. */
export function validateMetadataUpdate(metadata: ObjectMeta, old: ObjectMeta): StatusCause[] {
  const causes: StatusCause[] = [];
  for (const member of IMMUTABLE)
    if (metadata[member] !== old[member])
      causes.push(badValue(`metadata.${member}`, metadata[member] ?? null, 'field is immutable'));
  if (old.deletionTimestamp !== undefined) {
    const before = new Set(old.finalizers ?? []);
    const added = (metadata.finalizers ?? []).filter((finalizer) => !before.has(finalizer));
    if (added.length > 0)
      causes.push({
        reason: 'FieldValueForbidden',
        field: 'metadata.finalizers',
        message: `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((one) => JSON.stringify(one)).join(', ')}}`,
      });
  }
  return causes;
}

/** Carries over what clients may leave out of an update because only the server writes it. */
export function inheritMetadata(metadata: ObjectMeta, old: ObjectMeta): void {
  for (const member of IMMUTABLE) {
    const before = old[member];
    if (metadata[member] === undefined && before !== undefined) Object.assign(metadata, { [member]: before });
  }
  // Never refused, always kept.
  if (old.creationTimestamp !== undefined) metadata.creationTimestamp = old.creationTimestamp;
  if (old.generation === undefined) delete metadata.generation;
  else metadata.generation = old.generation;
  delete metadata.selfLink;
}

/** Removes empty maps and lists, which Kubernetes does not keep either. */
export function normaliseMetadata(metadata: ObjectMeta): void {
  for (const member of ['labels', 'annotations'] as const)
    if (isObject(metadata[member]) && Object.keys(metadata[member]).length === 0)
      Reflect.deleteProperty(metadata, member);
  for (const member of ['finalizers', 'ownerReferences'] as const)
    if (Array.isArray(metadata[member]) && metadata[member].length === 0)
      Reflect.deleteProperty(metadata, member);
}

/** True if anything but metadata and, for resources with a status, status differs: what `generation` counts. */
export function changesSpec(object: KubeObject, old: KubeObject, hasStatus: boolean): boolean {
  const relevant = (from: KubeObject) =>
    Object.fromEntries(
      Object.entries(from).filter(([member]) => member !== 'metadata' && (member !== 'status' || !hasStatus)),
    );
  return !equalJson(relevant(object), relevant(old));
}
