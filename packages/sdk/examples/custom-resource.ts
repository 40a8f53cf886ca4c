import type { KubernetesObject, ResourceDefinition } from '@virtkit/core-types';
import { connect, isApiError } from '@virtkit/sdk';

interface Backup extends KubernetesObject {
  spec: { machine: string; keepDays: number };
  status?: { phase?: string };
}

const backups: ResourceDefinition<Backup> = {
  group: 'backup.example.com',
  version: 'v1',
  kind: 'Backup',
  plural: 'backups',
  singular: 'backup',
  namespaced: true,
};

await using client = await connect({ kubeconfig: 'default', namespace: 'shop' });
const resource = client.resource(backups);

try {
  await resource.create({ metadata: { name: 'nightly' }, spec: { machine: 'web', keepDays: 7 } });
} catch (error) {
  if (!isApiError(error, 'already-exists')) throw error;
  await resource.patch('nightly', { type: 'merge', body: { spec: { keepDays: 7 } } });
}

const { metadata, items } = await resource.list({ namespace: 'all' });
console.log(items.map((backup) => `${backup.spec.machine}: ${backup.status?.phase ?? 'new'}`));

for await (const event of resource.watch({ namespace: 'all', resourceVersion: metadata.resourceVersion })) {
  if (event.type !== 'BOOKMARK') console.log(event.type, event.object.spec.machine);
}
