import type { JsonPatchOperation, VirtualMachine } from '@virtkit/core-types';
import { readRequired } from '../body.ts';
import { requiredMachine } from '../context.ts';
import { AddVolumeOptionsSchema, isDryRun, RemoveVolumeOptionsSchema } from '../options.ts';
import { conflict, internalUnlessInvalid, refusal } from '../refusal.ts';
import { accepted, notCarried, type Call, type Route } from '../route.ts';
import { newVolume, requireHotplugGate, requireRemovable, requireUnused } from './check.ts';
import { addPatch, removePatch, type VolumeLists } from './list-patch.ts';

/** `addvolume` and `removevolume` of a machine: they change its template (KubeVirt subresources, volumes). */
export const machineVolumeRoutes: ReadonlyMap<string, Route> = new Map<string, Route>([
  [
    'addvolume',
    {
      method: 'PUT',
      async answer(call) {
        requireHotplugGate(call.configuration);
        const options = await readRequired(call.request, AddVolumeOptionsSchema);
        const added = newVolume(options);
        const machine = await requiredMachine(call.client, call.target, call.signal);
        requireUnused('virtualMachines', call.target.name, added, templateOf(machine).volumes);
        if (call.configuration.gates.has('HotplugVolumes')) throw requestProblem(machine, added.name, 'add');
        await patch(call, machine, addPatch(listsOf(machine), added), isDryRun(options));
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
          throw refusal('BadRequest', 'virtualMachines', call.target.name, 'no volume is named');
        const machine = await requiredMachine(call.client, call.target, call.signal);
        requireRemovable('virtualMachines', call.target.name, name, templateOf(machine).volumes);
        if (call.configuration.gates.has('HotplugVolumes')) throw requestProblem(machine, name, 'remove');
        await patch(call, machine, removePatch(listsOf(machine), name), isDryRun(options));
        return accepted;
      },
    },
  ],
]);

/**
 * With the gate HotplugVolumes, KubeVirt leaves requests in the machine's status, which its controller carries out; here
 * nothing would, so that a request in order is refused as well.
 */
function requestProblem({ metadata, status }: VirtualMachine, name: string, action: 'add' | 'remove') {
  const owner = metadata.name ?? '';
  const pending = status?.volumeRequests ?? [];
  const adds = pending.some(({ addVolumeOptions }) => addVolumeOptions?.name === name);
  const removes = pending.some(({ removeVolumeOptions }) => removeVolumeOptions?.name === name);
  if (action === 'add' && adds) return conflict('virtualMachines', owner, `${name} is being added already`);
  if (removes) return conflict('virtualMachines', owner, `${name} is being removed already`);
  return notCarried('a volume request (feature gate HotplugVolumes)');
}

function templateOf({ spec }: VirtualMachine) {
  return { volumes: spec.template.spec?.volumes ?? [] };
}

function listsOf({ spec, metadata }: VirtualMachine): VolumeLists {
  return {
    paths: {
      volumes: '/spec/template/spec/volumes',
      disks: '/spec/template/spec/domain/devices/disks',
    },
    volumes: spec.template.spec?.volumes,
    disks: spec.template.spec?.domain.devices.disks,
    resourceVersion: metadata.resourceVersion,
  };
}

async function patch(
  { client, target, signal }: Call,
  machine: VirtualMachine,
  operations: JsonPatchOperation[],
  dryRun: boolean,
): Promise<void> {
  const { namespace } = target;
  await internalUnlessInvalid(
    client.virtualMachines.patch(
      machine.metadata.name ?? '',
      { type: 'json', operations },
      { namespace, dryRun, signal },
    ),
  );
}
