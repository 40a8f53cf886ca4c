// What a machine of a pool is like: the pool's template, numbered.
import {
  annotations,
  finalizers,
  labels,
  type DataVolumeTemplateSpec,
  type ObjectMeta,
  type VirtualMachine,
  type VirtualMachineInstanceSpec,
  type VirtualMachinePool,
  type VirtualMachineSpec,
  type Volume,
} from '@virtkit/core-types';
import { machineType, poolType } from '../kinds.ts';
import { ControllerError } from '../runtime/errors.ts';
import { controllerReference } from '../runtime/object-key.ts';

/** The number of a machine, from its name; undefined for a name that the pool did not give. */
export function ordinalOf(pool: VirtualMachinePool, machine: VirtualMachine): number | undefined {
  const [prefix, name] = [`${pool.metadata.name ?? ''}-`, machine.metadata.name ?? ''];
  const digits = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^\d{1,9}$/.test(digits) ? Number(digits) : undefined;
}

/** The lowest numbers, from 0 on, whose names nobody has. */
export function freeOrdinals(pool: VirtualMachinePool, names: ReadonlySet<string>, count: number): number[] {
  const free: number[] = [];
  for (let ordinal = 0; free.length < count; ordinal++) {
    if (!names.has(memberName(pool, ordinal))) free.push(ordinal);
  }
  return free;
}

function memberName(pool: VirtualMachinePool, ordinal: number): string {
  return `${pool.metadata.name ?? ''}-${ordinal}`;
}

/**
 * A new machine of the pool (KubeVirt lifecycle, pools): the template under a numbered name, with the number appended to the names
 * of its DataVolumes and, where the pool says so, of ConfigMaps and Secrets.
 *
 * @throws ControllerError `invalid-object` when the pool has no uid or its template no spec
 */
export function buildMember(pool: VirtualMachinePool, ordinal: number, revision: string): VirtualMachine {
  const { metadata = {} } = pool.spec.virtualMachineTemplate;
  return {
    ...machineType,
    metadata: {
      name: memberName(pool, ordinal),
      namespace: pool.metadata.namespace,
      labels: { ...metadata.labels, [labels.poolRevision]: revision },
      ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ownerReferences: [controllerReference(pool, poolType)],
      finalizers: [finalizers.pool],
    },
    spec: memberSpec(pool, ordinal, revision),
  };
}

/** The machine with the pool's template of now; who it is - its firmware's UUID and serial number - stays. */
export function updateMember(
  pool: VirtualMachinePool,
  machine: VirtualMachine,
  revision: string,
): VirtualMachine {
  const { metadata = {} } = pool.spec.virtualMachineTemplate;
  const ordinal = ordinalOf(pool, machine);
  return {
    ...machine,
    metadata: {
      ...machine.metadata,
      labels: { ...metadata.labels, [labels.poolRevision]: revision },
      annotations: { ...metadata.annotations, ...observedVersions(machine.metadata) },
    },
    spec: withIdentityOf(machine, memberSpec(pool, ordinal, revision)),
  };
}

/** Marks of the machine's own controller. */
function observedVersions({ annotations: given = {} }: ObjectMeta): Record<string, string> {
  const marks = [annotations.latestObservedApiVersion, annotations.storageObservedApiVersion];
  return Object.fromEntries(Object.entries(given).filter(([name]) => marks.some((mark) => mark === name)));
}

function withIdentityOf(machine: VirtualMachine, spec: VirtualMachineSpec): VirtualMachineSpec {
  const { uuid, serial } = machine.spec.template.spec?.domain.firmware ?? {};
  const { template } = spec;
  if (template.spec === undefined || (uuid === undefined && serial === undefined)) return spec;
  const firmware = {
    ...template.spec.domain.firmware,
    ...(uuid === undefined ? {} : { uuid }),
    ...(serial === undefined ? {} : { serial }),
  };
  const domain = { ...template.spec.domain, firmware };
  return { ...spec, template: { ...template, spec: { ...template.spec, domain } } };
}

/** The spec of a member: of one that the pool did not name, without numbers. */
function memberSpec(
  pool: VirtualMachinePool,
  ordinal: number | undefined,
  revision: string,
): VirtualMachineSpec {
  const { spec } = pool.spec.virtualMachineTemplate;
  if (spec === undefined)
    throw new ControllerError('invalid-object', 'a pool whose template has no spec makes no machines');
  const metadata = spec.template.metadata ?? {};
  const labelled = {
    ...spec.template,
    metadata: { ...metadata, labels: { ...metadata.labels, [labels.poolRevision]: revision } },
  };
  const marked = { ...spec, template: labelled };
  return ordinal === undefined ? marked : numbered(marked, `-${ordinal}`, pool);
}

function numbered(
  spec: VirtualMachineSpec,
  suffix: string,
  { spec: { nameGeneration } }: VirtualMachinePool,
): VirtualMachineSpec {
  const { dataVolumeTemplates, template } = spec;
  const made = new Set((dataVolumeTemplates ?? []).map(({ metadata }) => metadata?.name));
  const append = {
    dataVolume: (name: string) => (made.has(name) ? name + suffix : name),
    configMap: (name: string) => (nameGeneration?.appendIndexToConfigMapRefs === true ? name + suffix : name),
    secret: (name: string) => (nameGeneration?.appendIndexToSecretRefs === true ? name + suffix : name),
  };
  return {
    ...spec,
    ...(dataVolumeTemplates === undefined
      ? {}
      : { dataVolumeTemplates: dataVolumeTemplates.map((one) => numberedDataVolume(one, suffix)) }),
    template:
      template.spec === undefined ? template : { ...template, spec: withVolumes(template.spec, append) },
  };
}

function numberedDataVolume(template: DataVolumeTemplateSpec, suffix: string): DataVolumeTemplateSpec {
  const { metadata = {} } = template;
  return { ...template, metadata: { ...metadata, name: (metadata.name ?? '') + suffix } };
}

type Append = Readonly<Record<'dataVolume' | 'configMap' | 'secret', (name: string) => string>>;

function withVolumes(spec: VirtualMachineInstanceSpec, append: Append): VirtualMachineInstanceSpec {
  return spec.volumes === undefined
    ? spec
    : { ...spec, volumes: spec.volumes.map((one) => renamed(one, append)) };
}

function renamed(volume: Volume, append: Append): Volume {
  const { dataVolume, configMap, secret } = volume;
  return {
    ...volume,
    ...(dataVolume && { dataVolume: { ...dataVolume, name: append.dataVolume(dataVolume.name) } }),
    ...(configMap?.name && { configMap: { ...configMap, name: append.configMap(configMap.name) } }),
    ...(secret?.secretName && { secret: { ...secret, secretName: append.secret(secret.secretName) } }),
    ...cloudInit(volume, 'cloudInitNoCloud', append),
    ...cloudInit(volume, 'cloudInitConfigDrive', append),
  };
}

function cloudInit(
  volume: Volume,
  member: 'cloudInitNoCloud' | 'cloudInitConfigDrive',
  { secret }: Append,
): Partial<Volume> {
  const source = volume[member];
  if (source === undefined) return {};
  const { secretRef, networkDataSecretRef } = source;
  const rename = (ref: { name?: string | undefined }) => ({
    ...ref,
    ...(ref.name && { name: secret(ref.name) }),
  });
  return {
    [member]: {
      ...source,
      ...(secretRef && { secretRef: rename(secretRef) }),
      ...(networkDataSecretRef && { networkDataSecretRef: rename(networkDataSecretRef) }),
    },
  };
}
