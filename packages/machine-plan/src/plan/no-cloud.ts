import type { CloudInitNoCloudSource, VirtualMachineInstance } from '@virtkit/core-types';
import type { DiskSource } from '@virtkit/hal';
import { PlanError } from '../errors.ts';

/** Volume label by which cloud-init finds a NoCloud seed. */
const volumeLabel = 'cidata';

/**
 * The files of a NoCloud seed: `meta-data` as JSON (which is YAML), `user-data`, and `network-config` when there is network
 * data. Plain text wins over base64 (KubeVirt domain facts, generated ISOs).
 */
export function planNoCloudSeed(
  source: CloudInitNoCloudSource,
  instance: VirtualMachineInstance,
  field: string,
): DiskSource {
  for (const reference of ['secretRef', 'networkDataSecretRef'] as const)
    if (source[reference] !== undefined)
      throw new PlanError(
        'not-carried',
        `${field}.cloudInitNoCloud.${reference}`,
        'data from Secrets is not carried',
      );
  const userData = text(source.userData, source.userDataBase64);
  const networkData = text(source.networkData, source.networkDataBase64);
  if (userData === undefined && networkData === undefined)
    throw new PlanError(
      'invalid-instance',
      `${field}.cloudInitNoCloud`,
      'neither user data nor network data is given',
    );
  return {
    kind: 'seed',
    volumeLabel,
    files: [
      { name: 'meta-data', content: `${JSON.stringify(metaData(instance))}\n` },
      { name: 'user-data', content: userData ?? '' },
      ...(networkData === undefined ? [] : [{ name: 'network-config', content: networkData }]),
    ],
  };
}

function metaData({ metadata, spec }: VirtualMachineInstance): object {
  const { annotations = {} } = metadata;
  const instanceType =
    annotations['kubevirt.io/cluster-instancetype-name'] ?? annotations['kubevirt.io/instancetype-name'];
  return {
    ...(instanceType === undefined ? {} : { 'instance-type': instanceType }),
    'instance-id': spec.domain.firmware?.uuid ?? metadata.uid,
    'local-hostname': hostname({ metadata, spec }),
  };
}

/** The guest's host name: what the instance says, else its name up to the first dot, in 63 characters. */
export function hostname({ metadata, spec }: Pick<VirtualMachineInstance, 'metadata' | 'spec'>): string {
  const wanted = spec.hostname === undefined || spec.hostname === '' ? metadata.name : spec.hostname;
  return (wanted ?? '').split('.')[0]!.slice(0, 63);
}

function text(plain: string | undefined, base64: string | undefined): string | undefined {
  if (plain !== undefined && plain !== '') return plain;
  if (base64 !== undefined && base64 !== '') return Buffer.from(base64, 'base64').toString('utf8');
  return undefined;
}
