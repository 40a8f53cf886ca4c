import type { CloudInitNoCloudSource, VirtualMachineInstance } from '@virtkit/core-types';
import type { DiskSource } from '@virtkit/hal';
import { PlanError } from '../errors.ts';

/** Annotations that name the instance type, the most general first. */
const instancetypeAnnotations = [
  'kubevirt.io/cluster-instancetype-name',
  'kubevirt.io/instancetype-name',
] as const;

/** The guest's host name: as given, else the first part of the instance's name, cut to what DNS allows. */
export function hostname({ spec, metadata }: Pick<VirtualMachineInstance, 'metadata' | 'spec'>): string {
  if (spec.hostname !== undefined && spec.hostname !== '') return spec.hostname;
  const [first = ''] = (metadata.name ?? '').split('.');
  return first.slice(0, 63).replace(/-+$/, '');
}

/**
 * A NoCloud seed as cloud-init reads it: a volume `cidata` with `meta-data`, `user-data` and, when given, `network-config`.
 * The instance id is the firmware UUID, so a new instance of the same VM is the same to cloud-init.
 * @throws PlanError `unsupported` for data that is not text, `invalid` for Base64 that is none
 */
export function planSeed(
  vmi: VirtualMachineInstance,
  source: CloudInitNoCloudSource,
  field: string,
): Extract<DiskSource, { kind: 'seed' }> {
  const userData = source.userData || decoded(source.userDataBase64, `${field}.userDataBase64`);
  const networkData = source.networkData || decoded(source.networkDataBase64, `${field}.networkDataBase64`);
  const annotations = vmi.metadata.annotations ?? {};
  const instanceType = instancetypeAnnotations.map((key) => annotations[key]).find(Boolean);
  const metaData = {
    ...(instanceType !== undefined && { 'instance-type': instanceType }),
    'instance-id': vmi.spec.domain.firmware?.uuid ?? vmi.metadata.uid ?? '',
    'local-hostname': hostname(vmi),
  };
  return {
    kind: 'seed',
    volumeLabel: 'cidata',
    files: [
      { name: 'meta-data', content: JSON.stringify(metaData) },
      { name: 'user-data', content: userData },
      ...(networkData === '' ? [] : [{ name: 'network-config', content: networkData }]),
    ],
  };
}

/**
 * The text behind Base64, or the empty text when there is none.
 * @throws PlanError `unsupported` for bytes that are not UTF-8 text, `invalid` for what is not Base64
 */
export function decodeCloudInit(base64: string, field: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64.replace(/[\r\n]/g, '')))
    throw new PlanError('invalid', 'this is not Base64', { field });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, 'base64'));
  } catch (cause) {
    throw new PlanError('unsupported', 'cloud-init data that is not UTF-8 text cannot be passed on', {
      field,
      cause,
    });
  }
}

function decoded(base64: string | undefined, field: string): string {
  return base64 === undefined ? '' : decodeCloudInit(base64, field);
}
