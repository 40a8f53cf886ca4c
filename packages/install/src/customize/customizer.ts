import { createHash } from 'node:crypto';
import { ApiServerError, applyStrategicMergePatch } from '@virtkit/apiserver/patch';
import {
  applyJsonPatch,
  applyMergePatch,
  CoreTypesError,
  parseJsonPatch,
  type CustomizeComponents,
  type CustomizeComponentsPatch,
  type KubernetesObject,
  type PodTemplateSpec,
} from '@virtkit/core-types';
import { InstallError } from '../errors.ts';
import { mergeSchemas } from './merge-schema.ts';

/** Names the customisation that an object was made with. */
const customizerAnnotation = 'kubevirt.io/customizer-identifier';

/** Programs whose flags may be given, by the member of `flags`. */
const flagged = { api: 'virt-api', controller: 'virt-controller', handler: 'virt-handler' } as const;

/** Changes an object as an administrator asked for. */
export type Customizer = <T extends KubernetesObject>(object: T) => T;

/**
 * What `spec.customizeComponents` makes of objects: flags take the place of those of a program, then patches are applied in
 * their order.
 * @returns a function that throws InstallError `invalid-patch` for a patch that cannot be read or does not apply
 */
export function customizer(custom: CustomizeComponents | undefined): Customizer {
  const { patches = [], flags = {} } = custom ?? {};
  if (patches.length === 0 && Object.keys(flags).length === 0) return (object) => object;
  const id = createHash('sha1').update(JSON.stringify(custom)).digest('hex');
  return (object) => {
    if (mergeSchemas[object.kind ?? ''] === undefined) return object;
    const withFlags = Object.entries(flagged).reduce(
      (changed, [member, program]) => replaceFlags(changed, program, flags[member as keyof typeof flagged]),
      object,
    );
    const changed = patches.filter((patch) => concerns(patch, object)).reduce(applied, withFlags);
    if (changed === object) return object;
    const { metadata } = changed;
    return {
      ...changed,
      metadata: { ...metadata, annotations: { ...metadata.annotations, [customizerAnnotation]: id } },
    };
  };
}

/** KubeVirt: kinds and names are compared whether written with capitals or without. */
function concerns(
  { resourceName, resourceType }: CustomizeComponentsPatch,
  object: KubernetesObject,
): boolean {
  const matches = (wanted: string, name = ''): boolean =>
    wanted === '*' || wanted.toLowerCase() === name.toLowerCase();
  return matches(resourceType, object.kind) && matches(resourceName, object.metadata.name);
}

function applied<T extends KubernetesObject>(object: T, customization: CustomizeComponentsPatch): T {
  const place = `the patch of ${object.kind} ${object.metadata.name}`;
  try {
    const changed = patched(object, customization);
    const { kind, metadata } = changed;
    if (
      kind !== object.kind ||
      metadata.name !== object.metadata.name ||
      metadata.namespace !== object.metadata.namespace
    )
      throw new InstallError('invalid-patch', `${place} makes another object of it`);
    return changed;
  } catch (cause) {
    if (cause instanceof CoreTypesError || cause instanceof ApiServerError || cause instanceof SyntaxError)
      throw new InstallError('invalid-patch', `${place} does not apply: ${cause.message}`, { cause });
    throw cause;
  }
}

function patched<T extends KubernetesObject>(object: T, { type, patch }: CustomizeComponentsPatch): T {
  const change: unknown = JSON.parse(patch);
  switch (type) {
    case 'json':
      return applyJsonPatch(object, parseJsonPatch(change));
    case 'merge':
      return applyMergePatch(object, change) as T;
    case 'strategic': {
      const merged: unknown = applyStrategicMergePatch(
        mergeSchemas[object.kind ?? '']!,
        objectOf(object),
        objectOf(change),
      );
      return merged as T;
    }
    default:
      throw new InstallError(
        'invalid-patch',
        `${JSON.stringify(type)} is no type of patches; they are strategic, merge, json`,
      );
  }
}

function objectOf(change: unknown): Record<string, unknown> {
  if (typeof change === 'object' && change !== null && !Array.isArray(change)) return { ...change };
  throw new InstallError('invalid-patch', 'a strategic merge patch is an object');
}

/** KubeVirt: the program with these flags alone, in the order of their names; an empty value is a flag without one. */
function replaceFlags<T extends KubernetesObject>(
  object: T,
  program: string,
  flags: Readonly<Record<string, string>> | undefined,
): T {
  if (flags === undefined || object.metadata.name !== program || !hasTemplate(object)) return object;
  const command = [
    program,
    ...Object.entries(flags)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, value]) => (value === '' ? [`--${name}`] : [`--${name}`, value])),
  ];
  const { template } = object.spec;
  const containers = (template.spec?.containers ?? []).map((container) =>
    container.name === program ? { ...container, command, args: [] } : container,
  );
  return {
    ...object,
    spec: { ...object.spec, template: { ...template, spec: { ...template.spec, containers } } },
  };
}

function hasTemplate(
  object: KubernetesObject,
): object is KubernetesObject & { spec: { template: PodTemplateSpec } } {
  return object.kind === 'Deployment' || object.kind === 'DaemonSet';
}
