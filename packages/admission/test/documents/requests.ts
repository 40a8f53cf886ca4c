import { randomUUID } from 'node:crypto';
import { apiVersionOf, resources, type ResourceDefinition } from '@virtkit/core-types';
import { randomDocument, seededRandom } from '@virtkit/testing/documents';
import {
  clusterConfiguration,
  featureGates,
  offlineContext,
  type AdmissionContext,
  type AdmissionRequest,
} from '../../src/index.ts';

const ownGroup = /(^|\.)kubevirt\.io$/;

/** Every kind that requests can create, by its plural. */
export const kinds: ReadonlyMap<string, ResourceDefinition<unknown>> = new Map(
  Object.values<ResourceDefinition<unknown>>(resources)
    .filter(({ group, schema }) => ownGroup.test(group) && schema !== undefined)
    .map((definition) => [definition.plural, definition]),
);

/** Words that rules look at, so that documents get past the first of them. */
const texts = {
  bus: ['virtio', 'scsi', 'sata', 'usb', 'ide', ''],
  runStrategy: ['Always', 'Halted', 'Manual', 'Once', 'RerunOnFailure', 'WaitAsReceiver', 'x'],
  architecture: ['amd64', 'arm64', 's390x', '', 'riscv'],
  image: ['image', 'image:latest', 'image:1', 'image@sha256:00'],
  topologyKey: ['zone', 'kubernetes.io/hostname', '', 'not a key'],
  operator: ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt', 'x'],
  pageSize: ['2Mi', '1Gi', 'odd', ''],
  protocol: ['TCP', 'UDP', '', 'x'],
};

/** A request that creates a document of a kind, from a number. */
export function requestOf(definition: ResourceDefinition<unknown>, seed: number): AdmissionRequest {
  const random = seededRandom(seed);
  const density = 0.05 + random() * 0.5;
  const object = randomDocument(definition.schema!, random, { density, texts }) as {
    apiVersion: string;
    kind: string;
    metadata: object;
  };
  const { group, version, plural, kind } = definition;
  return {
    operation: 'CREATE',
    resource: { group, version, plural },
    object: {
      ...object,
      apiVersion: apiVersionOf(definition),
      kind,
      metadata: { ...object.metadata, name: 'name', namespace: 'default' },
    },
    user: { name: 'somebody' },
  };
}

const gateNames = Object.keys(featureGates);

/** A cluster, with some of its feature gates on. */
function clusterOf(seed: number): AdmissionContext {
  const random = seededRandom(seed);
  const configuration = clusterConfiguration({
    apiVersion: 'kubevirt.io/v1',
    kind: 'KubeVirt',
    metadata: { name: 'kubevirt' },
    spec: {
      configuration: {
        developerConfiguration: { featureGates: gateNames.filter(() => random() < 0.3) },
        ...(random() < 0.5 ? { network: { defaultNetworkInterface: 'masquerade' } } : {}),
        ...(random() < 0.3 ? { vmRolloutStrategy: 'Stage' as const } : {}),
      },
    },
  });
  return offlineContext({ configuration, uuid: randomUUID, now: () => '2026-11-21T00:00:00Z' });
}

/** Clusters of different configurations. */
export const clusters: readonly AdmissionContext[] = Array.from({ length: 16 }, (_, seed) => clusterOf(seed));
