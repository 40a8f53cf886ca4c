// A controller of one's own: every VirtualMachine that carries the label `example.com/backup` gets a ConfigMap that
// lists its disks, and loses it with the label.
import { resources } from '@virtkit/core-types';
import {
  byOwnerUid,
  controller,
  controllerReference,
  done,
  InformerCache,
  type Action,
  type ReconcileContext,
} from '@virtkit/controllers/runtime';
import type { Client } from '@virtkit/sdk';

/** Runs until the signal aborts. */
export async function runBackupController(client: Client, signal: AbortSignal): Promise<void> {
  const cache = new InformerCache({ client });
  const machines = cache.informer(resources.virtualMachines);
  const lists = cache.informer(resources.configMaps, {
    labelSelector: 'example.com/backup=true',
    indexes: { ownerUid: byOwnerUid },
  });

  async function reconcile(key: string, { namespace, expectations }: ReconcileContext): Promise<Action> {
    const machine = machines.store.get(key);
    if (machine === undefined) return done; // Kubernetes deletes what the machine owned.
    const [existing] = lists.store.byIndex('ownerUid', machine.metadata.uid ?? '');
    const wanted = machine.metadata.labels?.['example.com/backup'] === 'true';
    if (wanted && existing === undefined) {
      const disks = machine.spec.template.spec?.domain.devices.disks ?? [];
      const created = await client.configMaps.create(
        {
          metadata: {
            name: `${machine.metadata.name}-backup`,
            namespace,
            labels: { 'example.com/backup': 'true' },
            ownerReferences: [
              controllerReference(machine, { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachine' }),
            ],
          },
          data: { disks: disks.map(({ name }) => name).join('\n') },
        },
        { namespace },
      );
      expectations.expectPresence(key, created); // No second pass before the store shows it.
    } else if (!wanted && existing !== undefined) {
      await client.configMaps.delete(existing.metadata.name ?? '', { namespace });
      expectations.expectDeletion(key, existing);
    }
    return done;
  }

  const backups = controller({ name: 'backup', resource: machines, owns: [lists], reconcile });
  await Promise.all([cache.run(signal), backups.run({ signal })]);
}
