import { isControlledByMachine, requiredInstance } from '../context.ts';
import { readRequired } from '../body.ts';
import { running } from '../instance-state.ts';
import { AddVolumeOptionsSchema, isDryRun, RemoveVolumeOptionsSchema } from '../options.ts';
import { internalUnlessInvalid, refusal } from '../refusal.ts';
import { accepted, type Call, type Route } from '../route.ts';
import type { JsonPatchOperation, VirtualMachineInstance } from '@virtkit/core-types';
import { newVolume, requireHotplugGate, requireRemovable, requireUnused } from './check.ts';
import { addPatch, removePatch, type VolumeLists } from './list-patch.ts';

/** `addvolume` and `removevolume` of an instance: they change its spec, which the controllers and the node follow. */
export const instanceVolumeRoutes: ReadonlyMap<string, Route> = new Map<string, Route>([
  [
    'addvolume',
    {
      method: 'PUT',
      async answer(call) {
        requireHotplugGate(call.configuration);
        const options = await readRequired(call.request, AddVolumeOptionsSchema);
        const added = newVolume(options);
        const instance = await changeable(call);
        requireUnused('virtualMachineInstances', call.target.name, added, instance.spec.volumes ?? []);
        await patch(call, instance, addPatch(listsOf(instance), added), isDryRun(options));
        return accepted;
      },
    },
  ],
  [
    'removevolume',
    {
      method: 'PUT',
      async answer(call) {
        requireHotplugGate(call.configuration);
        const options = await readRequired(call.request, RemoveVolumeOptionsSchema);
        const { name } = options;
        if (name === '')
          throw refusal('BadRequest', 'virtualMachineInstances', call.target.name, 'no volume is named');
        const instance = await changeable(call);
        requireRemovable('virtualMachineInstances', call.target.name, name, instance.spec.volumes ?? []);
        await patch(call, instance, removePatch(listsOf(instance), name), isDryRun(options));
        return accepted;
      },
    },
  ],
]);

/** The instance, when its volumes may be changed on it itself. */
async function changeable({ client, target, signal, configuration }: Call): Promise<VirtualMachineInstance> {
  const instance = await requiredInstance(client, target, signal);
  if (isControlledByMachine(instance) && !configuration.gates.has('HotplugVolumes'))
    throw refusal(
      'BadRequest',
      'virtualMachineInstances',
      target.name,
      'it belongs to a virtual machine, whose volumes are to be changed instead',
    );
  const problem = running(instance);
  if (problem !== undefined) throw problem;
  return instance;
}

function listsOf({ spec, metadata }: VirtualMachineInstance): VolumeLists {
  return {
    paths: { volumes: '/spec/volumes', disks: '/spec/domain/devices/disks' },
    volumes: spec.volumes,
    disks: spec.domain.devices.disks,
    resourceVersion: metadata.resourceVersion,
  };
}

async function patch(
  { client, target, signal }: Call,
  { metadata }: VirtualMachineInstance,
  operations: JsonPatchOperation[],
  dryRun: boolean,
): Promise<void> {
  await internalUnlessInvalid(
    client.virtualMachineInstances.patch(
      metadata.name ?? '',
      { type: 'json', operations },
      { namespace: target.namespace, dryRun, signal },
    ),
  );
}
