import type { InstancetypeMatcher } from '@virtkit/core-types';
import { VirtctlError } from '../../errors.ts';
import { flagError, parseReference } from '../parameters.ts';
import type { PlannedVolume } from './volume.ts';

type Role = 'instancetype' | 'preference';

/** What the flags say about one reference; absent ones were not given. */
export interface ReferenceFlags {
  /** `--instancetype [KIND/]NAME`. */
  readonly reference?: string | undefined;
  /** `--infer-instancetype`, when it was given. */
  readonly infer?: boolean | undefined;
  /** `--infer-instancetype-from VOLUME`. */
  readonly inferFrom?: string | undefined;
}

/** A reference, and whether the user asked for it in so many words. */
export interface PlannedReference {
  readonly matcher: InstancetypeMatcher | undefined;
  readonly explicit: boolean;
}

/**
 * The machine's instance type or preference: named, inferred from a volume as asked, or inferred from the first volume if that
 * can be done, which fails silently.
 * @param implicit whether anything may be inferred without being asked for
 * @throws VirtctlError `usage`
 */
export function planReference(
  role: Role,
  flags: ReferenceFlags,
  volumes: readonly PlannedVolume[],
  implicit: boolean,
): PlannedReference {
  if (flags.reference !== undefined) return { matcher: named(role, flags.reference), explicit: true };
  if (flags.inferFrom !== undefined)
    return {
      matcher: { inferFromVolume: inferable(`infer-${role}-from`, flags.inferFrom, volumes) },
      explicit: true,
    };
  const first = bootVolume(volumes);
  if (flags.infer === true) {
    if (first === undefined)
      throw new VirtctlError('usage', `at least one volume is needed to infer the ${role}`);
    return { matcher: { inferFromVolume: inferable(`infer-${role}`, first, volumes) }, explicit: true };
  }
  if (flags.infer === false || !implicit || first === undefined || problemOf(first, volumes) !== undefined)
    return { matcher: undefined, explicit: false };
  return {
    matcher: { inferFromVolume: first, inferFromVolumeFailurePolicy: 'Ignore' },
    explicit: false,
  };
}

function named(role: Role, text: string): InstancetypeMatcher {
  const { namespace: kind, name } = parseReference(role, text);
  const kinds = [`virtualmachine${role}`, `virtualmachinecluster${role}`];
  if (kind !== undefined && !kinds.includes(kind.toLowerCase()))
    throw flagError(role, `invalid kind "${kind}": it is ${kinds.join(' or ')}`);
  return { ...(kind === undefined ? {} : { kind: kind.toLowerCase() }), name };
}

/** The volume that the machine boots from: the lowest in the boot order, else the first. */
function bootVolume(volumes: readonly PlannedVolume[]): string | undefined {
  const ordered = volumes
    .filter(({ bootOrder }) => bootOrder !== undefined)
    .toSorted((a, b) => (a.bootOrder ?? 0) - (b.bootOrder ?? 0));
  return (ordered[0] ?? volumes[0])?.volume.name;
}

function inferable(flag: string, name: string, volumes: readonly PlannedVolume[]): string {
  const problem = problemOf(name, volumes);
  if (problem !== undefined) throw flagError(flag, problem);
  return name;
}

/** Why nothing can be inferred from a volume: the labels that tell are those of claims and of what is copied from. */
function problemOf(name: string, volumes: readonly PlannedVolume[]): string | undefined {
  const found = volumes.find(({ volume }) => volume.name === name);
  if (found === undefined) return `there is no volume with name "${name}"`;
  if (found.volume.persistentVolumeClaim !== undefined) return undefined;
  const { source, sourceRef } = found.template?.spec ?? {};
  const fits =
    source?.pvc !== undefined ||
    source?.registry !== undefined ||
    source?.snapshot !== undefined ||
    sourceRef?.kind === 'DataSource';
  return fits ? undefined : `nothing can be inferred from a volume like "${name}"`;
}
