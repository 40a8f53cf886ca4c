import { resources } from '@virtkit/core-types';
import { readOptions } from './body.ts';
import { requiredInstance, requiredMachine } from './context.ts';
import { isDryRun, MigrateOptionsSchema } from './options.ts';
import { conflict, internal } from './refusal.ts';
import { accepted, type Route } from './route.ts';

/** Asks for a live migration by creating the object that stands for it; why it is refused is admission's to say. */
export const migrate: Route = {
  method: 'PUT',
  async answer({ client, target, request, signal }) {
    const options = await readOptions(request, MigrateOptionsSchema);
    await requiredMachine(client, target, signal);
    const { namespace, name } = target;
    const { status } = await requiredInstance(client, target, signal);
    if (status?.phase !== 'Running') throw conflict('virtualMachines', name, 'it does not run');
    const { addedNodeSelector } = options;
    await internal(
      client.resource(resources.virtualMachineInstanceMigrations).create(
        {
          apiVersion: 'kubevirt.io/v1',
          kind: 'VirtualMachineInstanceMigration',
          metadata: { generateName: 'kubevirt-migrate-vm-', namespace },
          spec: { vmiName: name, ...(addedNodeSelector == null ? {} : { addedNodeSelector }) },
        },
        { namespace, dryRun: isDryRun(options), signal },
      ),
    );
    return accepted;
  },
};
