import type { CloudInitNoCloudSource, VirtualMachineInstance } from '@virtkit/core-types';
import type { DiskSource } from '@virtkit/hal';
import { PlanError } from '../errors.ts';
import type { MachineFacts } from '../facts.ts';

/** A volume made of files that the plan itself holds. */
export type Seed = Extract<DiskSource, { kind: 'seed' }>;

/** Annotations that name the instance type, the most general first. */
const instancetypeAnnotations = [
  'kubevirt.io/cluster-instancetype-name',
  'kubevirt.io/instancetype-name',
] as const;

/** The guest's host name: as given, else the first part of the instance's name, cut to what DNS allows. */
export function hostname({ spec, metadata }: Pick<VirtualMachineInstance, 'metadata' | 'spec'>): string {
  if (spec.hostname !== undefined && spec.hostname !== '') return spec.hostname;
  const [first = ''] = (metadata.name ?? '').split('.');
  return first.slice(0, 63).replace(/(?<!-)-+$/, '');
}

/** The volume that a seed belongs to, and the path of its source in the VMI. */
export interface SeedPlace {
  volume: string;
  field: string;
}

/** Instance type that the VMI was made with, if any. */
export function instanceType({ metadata }: VirtualMachineInstance): string | undefined {
  return instancetypeAnnotations.map((key) => metadata.annotations?.[key]).find(Boolean);
}

/** Public keys as cloud-init's metadata lists them; absent without any. */
export function publicKeys({ sshKeys = [] }: MachineFacts): Record<string, string> | undefined {
  return sshKeys.length === 0
    ? undefined
    : Object.fromEntries(sshKeys.map((key, index) => [String(index), key]));
}

/**
 * A NoCloud seed as cloud-init reads it: a volume `cidata` with `meta-data`, `user-data` and, when given, `network-config`.
 * The instance id is the firmware UUID, so a new instance of the same VM is the same to cloud-init.
 * @throws PlanError `unsupported` for data that is not text, `invalid` for Base64 that is none, `missing-fact`
 */
export function planSeed(
  vmi: VirtualMachineInstance,
  source: CloudInitNoCloudSource,
  place: SeedPlace,
  facts: MachineFacts,
): Seed {
  const { userData, networkData } = cloudInitData(source, place, facts);
  const metaData = {
    'instance-type': instanceType(vmi),
    'instance-id': vmi.spec.domain.firmware?.uuid ?? vmi.metadata.uid ?? '',
    'local-hostname': hostname(vmi),
    'public-keys': publicKeys(facts),
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

/** What cloud-init is to do: text before Base64, and what stands in a Secret before both. */
export function cloudInitData(
  source: CloudInitNoCloudSource,
  { volume, field }: SeedPlace,
  { cloudInitSecrets = {} }: MachineFacts,
): { userData: string; networkData: string } {
  const secrets = cloudInitSecrets[volume];
  const { secretRef, networkDataSecretRef } = source;
  if (secretRef !== undefined && secrets?.userData === undefined)
    throw new PlanError('missing-fact', `the Secret of volume ${volume} was not read`, {
      field: `${field}.secretRef`,
    });
  if (networkDataSecretRef !== undefined && secrets?.networkData === undefined)
    throw new PlanError('missing-fact', `the network data of volume ${volume} was not read`, {
      field: `${field}.networkDataSecretRef`,
    });
  const { userDataBase64, networkDataBase64 } = source;
  return {
    userData:
      (secretRef && secrets?.userData) ||
      source.userData ||
      decoded(userDataBase64, `${field}.userDataBase64`),
    networkData:
      (networkDataSecretRef && secrets?.networkData) ||
      source.networkData ||
      decoded(networkDataBase64, `${field}.networkDataBase64`),
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
