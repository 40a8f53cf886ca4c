// What the API server refuses of claims, volumes and storage classes, as Kubernetes does.
import type { StatusCause } from '../errors.ts';
import { cloneJson, elementsOf, equalJson, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';

const ACCESS_MODES = ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'];

/** Members of a volume's spec that are no source. */
const COMMON_MEMBERS: ReadonlySet<string> = new Set([
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'volumeMode',
  'mountOptions',
  'nodeAffinity',
  'volumeAttributesClassName',
]);

/** A claim asks for a size and for ways of access. */
export function validateClaim({ spec }: KubeObject): StatusCause[] {
  const { accessModes, resources } = membersOf(spec);
  return [
    ...accessModeCauses(accessModes),
    ...sizeCauses(membersOf(membersOf(resources).requests).storage, 'spec.resources.requests.storage'),
  ];
}

/** What a claim asks for is fixed; its class and its volume may be filled in. No class here lets volumes grow. */
export function validateClaimUpdate(claim: KubeObject, old: KubeObject): StatusCause[] {
  const before = membersOf(cloneJson(old.spec));
  const after = membersOf(cloneJson(claim.spec));
  for (const member of ['storageClassName', 'volumeName'])
    if (stringOf(before[member]) === '' && (member === 'volumeName' || before[member] === undefined)) {
      Reflect.deleteProperty(before, member);
      Reflect.deleteProperty(after, member);
    }
  return equalJson(before, after)
    ? []
    : [
        forbidden(
          'spec',
          'the spec of a claim does not change once it was created; volumes here do not grow',
        ),
      ];
}

/** A volume has a size, ways of access and one source; a local one tells on which nodes it is. */
export function validateVolume({ spec }: KubeObject): StatusCause[] {
  const members = membersOf(spec);
  const causes = [
    ...accessModeCauses(members.accessModes),
    ...sizeCauses(membersOf(members.capacity).storage, 'spec.capacity.storage'),
    ...supported(
      members.persistentVolumeReclaimPolicy,
      ['Retain', 'Delete', 'Recycle'],
      'spec.persistentVolumeReclaimPolicy',
    ),
  ];
  const sources = sourcesOf(members);
  if (sources.length === 0) causes.push(required('spec', 'must specify a volume type'));
  if (sources.length > 1) causes.push(forbidden(`spec.${sources[1] ?? ''}`, 'a volume has one source only'));
  if (members.local !== undefined && membersOf(members.nodeAffinity).required === undefined)
    causes.push(required('spec.nodeAffinity', 'a local volume is on a node that has to be named'));
  return causes;
}

/** Source and form of a volume are fixed, and so are its nodes once they are named. */
export function validateVolumeUpdate(volume: KubeObject, old: KubeObject): StatusCause[] {
  const before = membersOf(old.spec);
  const after = membersOf(volume.spec);
  const fixed = [
    ...new Set([...sourcesOf(before), ...sourcesOf(after)]),
    'volumeMode',
    ...(before.nodeAffinity === undefined ? [] : ['nodeAffinity']),
  ];
  return fixed
    .filter((member) => !equalJson(before[member], after[member]))
    .map((member) => invalid(`spec.${member}`, 'field is immutable'));
}

/** A class names its provisioner and knows its modes. */
export function validateClass(storageClass: KubeObject): StatusCause[] {
  return [
    ...(stringOf(storageClass.provisioner) === '' ? [required('provisioner', 'a class needs one')] : []),
    ...supported(storageClass.reclaimPolicy, ['Delete', 'Retain'], 'reclaimPolicy'),
    ...supported(storageClass.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'], 'volumeBindingMode'),
  ];
}

/** Volumes were made by what a class said, so it goes on saying it. */
export function validateClassUpdate(storageClass: KubeObject, old: KubeObject): StatusCause[] {
  return ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode']
    .filter((member) => !equalJson(storageClass[member], old[member]))
    .map((member) => forbidden(member, 'it does not change once the class was created'));
}

function sourcesOf(spec: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(spec).filter((member) => !COMMON_MEMBERS.has(member) && spec[member] !== undefined);
}

function accessModeCauses(given: unknown): StatusCause[] {
  const field = 'spec.accessModes';
  const modes = elementsOf(given);
  if (modes.length === 0) return [required(field, 'at least one access mode is required')];
  const causes = modes.flatMap((mode) => supported(mode, ACCESS_MODES, field));
  if (modes.length > 1 && modes.includes('ReadWriteOncePod'))
    causes.push(forbidden(field, 'ReadWriteOncePod cannot be combined with other access modes'));
  return causes;
}

function sizeCauses(size: unknown, field: string): StatusCause[] {
  if (size === undefined) return [required(field, 'a size is required')];
  const text = typeof size === 'number' ? String(size) : stringOf(size);
  return !text.startsWith('-') && /[1-9]/.test(text) ? [] : [invalid(field, 'must be greater than zero')];
}

function supported(value: unknown, known: readonly string[], field: string): StatusCause[] {
  if (value === undefined || known.includes(stringOf(value))) return [];
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${known.join(', ')}`;
  return [{ reason: 'FieldValueNotSupported', field, message }];
}

const required = (field: string, message: string): StatusCause => ({
  reason: 'FieldValueRequired',
  field,
  message: `Required value: ${message}`,
});
const invalid = (field: string, message: string): StatusCause => ({
  reason: 'FieldValueInvalid',
  field,
  message: `Invalid value: ${message}`,
});
const forbidden = (field: string, message: string): StatusCause => ({
  reason: 'FieldValueForbidden',
  field,
  message: `Forbidden: ${message}`,
});
