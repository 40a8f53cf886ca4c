import type { Container, EnvVar, Pod } from '@virtkit/core-types';
import { EmbeddedNodeError } from '../errors.ts';
import { podField, resourceField, type PodPlacement } from './object-fields.ts';
import type { ReferencedObjects } from './references.ts';

/**
 * A container's environment: what the image sets, then `envFrom`, then `env`, later ones winning.
 *
 * @throws EmbeddedNodeError `ConfigMissing`, `Unsupported`
 */
export async function containerEnvironment(
  pod: Pod,
  container: Container,
  base: Readonly<Record<string, string>>,
  placement: PodPlacement,
  references: ReferencedObjects,
): Promise<Record<string, string>> {
  const result: Record<string, string> = { ...base };
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const reference = configMapRef ?? secretRef;
    if (reference?.name === undefined) continue;
    const kind = configMapRef === undefined ? 'Secret' : 'ConfigMap';
    const content = await references.content(kind, reference.name, reference.optional === true);
    for (const [key, value] of content ?? []) result[prefix + key] = value.toString('utf8');
  }
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, pod, container, placement, references);
    if (value !== undefined) result[variable.name] = expandVariables(value, result);
  }
  return result;
}

async function valueOf(
  { name, value, valueFrom }: EnvVar,
  pod: Pod,
  container: Container,
  placement: PodPlacement,
  references: ReferencedObjects,
): Promise<string | undefined> {
  if (valueFrom === undefined) return value ?? '';
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef !== undefined) return podField(pod, fieldRef.fieldPath, placement);
  if (resourceFieldRef !== undefined)
    return resourceField(container, resourceFieldRef.resource, resourceFieldRef.divisor?.toString());
  const selector = configMapKeyRef ?? secretKeyRef;
  if (selector?.name === undefined)
    throw new EmbeddedNodeError(
      'Unsupported',
      `container ${container.name}: env ${name} has no known source`,
    );
  const kind = configMapKeyRef === undefined ? 'Secret' : 'ConfigMap';
  const content = await references.content(kind, selector.name, selector.optional === true);
  const found = content?.get(selector.key);
  if (found === undefined && selector.optional !== true)
    throw new EmbeddedNodeError('ConfigMissing', `${kind} ${selector.name} has no key ${selector.key}`);
  return found?.toString('utf8');
}

/** Replaces `$(NAME)` by the variable's value; an unknown one stays, `$$(NAME)` becomes `$(NAME)`. */
export function expandVariables(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([A-Za-z_.-][A-Za-z0-9_.-]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return Object.hasOwn(environment, name) ? environment[name]! : whole;
  });
}
