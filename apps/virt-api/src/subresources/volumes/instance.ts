import { isControlledByMachine, requiredInstance } from '../context.ts';
import { readRequired } from '../body.ts';
import { running } from '../instance-state.ts';
import { AddVolumeOptionsSchema, RemoveVolumeOptionsSchema } from '../options.ts';
import { refusal } from '../refusal.ts';
import { notCarried, type Call, type Route } from '../route.ts';
import type { VirtualMachineInstance } from '@virtkit/core-types';
import { newVolume, requireHotplugGate, requireRemovable, requireUnused } from './check.ts';

/**
 * `addvolume` and `removevolume` of an instance (KubeVirt subresources, volumes). A running guest's volumes do not change
 * here: what is in order is refused with 501.
 */
export const instanceVolumeRoutes: ReadonlyMap<string, Route> = new Map<string, Route>([
  [
    'addvolume',
    {
      method: 'PUT',
      async answer(call) {
        requireHotplugGate(call.configuration);
        const added = newVolume(await readRequired(call.request, AddVolumeOptionsSchema));
        const instance = await changeable(call);
        requireUnused('virtualMachineInstances', call.target.name, added, instance.spec.volumes ?? []);
        throw notCarried('adding a volume to a running instance');
      },
    },
  ],
  [
    'removevolume',
    {
      method: 'PUT',
      async answer(call) {
        requireHotplugGate(call.configuration);
        const { name } = await readRequired(call.request, RemoveVolumeOptionsSchema);
        if (name === '')
          throw refusal('BadRequest', 'virtualMachineInstances', call.target.name, 'no volume is named');
        const instance = await changeable(call);
        requireRemovable('virtualMachineInstances', call.target.name, name, instance.spec.volumes ?? []);
        throw notCarried('removing a volume from a running instance');
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
