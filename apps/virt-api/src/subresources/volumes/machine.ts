import type { JsonPatchOperation, VirtualMachine } from '@virtkit/core-types';
import { readRequired } from '../body.ts';
import { requiredMachine } from '../context.ts';
import {
  AddVolumeOptionsSchema,
  isDryRun,
  RemoveVolumeOptionsSchema,
  type AddVolumeOptions,
} from '../options.ts';
import { requestPatch } from '../status-request.ts';
import { conflict, internalUnlessInvalid, refusal } from '../refusal.ts';
import { accepted, type Call, type Route } from '../route.ts';
import { newVolume, requireHotplugGate, requireRemovable, requireUnused, type NewVolume } from './check.ts';
import { addPatch, removePatch, type VolumeLists } from './list-patch.ts';

/** `addvolume` and `removevolume` of a machine: they change its template, or ask for it (KubeVirt subresources, volumes). */
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
        if (call.configuration.gates.has('HotplugVolumes'))
          await leave(call, machine, additionRequest(machine, options, added), isDryRun(options));
        else await patch(call, machine, addPatch(listsOf(machine), added), isDryRun(options));
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
        if (call.configuration.gates.has('HotplugVolumes'))
          await leave(call, machine, removalRequest(machine, name), isDryRun(options));
        else await patch(call, machine, removePatch(listsOf(machine), name), isDryRun(options));
        return accepted;
      },
    },
  ],
]);

type Requests = NonNullable<NonNullable<VirtualMachine['status']>['volumeRequests']>;

/** @throws ApiServerError `Conflict` while this volume is being added or removed */
function additionRequest(
  machine: VirtualMachine,
  { volumeSource: _source, ...options }: AddVolumeOptions,
  { name, disk, volume }: NewVolume,
): readonly object[] {
  const pending = requestsOf(machine);
  if (pending.some(({ addVolumeOptions }) => addVolumeOptions?.name === name))
    throw conflict('virtualMachines', nameOf(machine), `${name} is being added already`);
  requireStaying(machine, pending, name);
  const { name: _name, ...source } = volume;
  return [...pending, { addVolumeOptions: { ...options, disk, volumeSource: source } }];
}

/** Takes back what was only asked for. @throws ApiServerError `Conflict` while this volume is being removed */
function removalRequest(machine: VirtualMachine, name: string): readonly object[] {
  const pending = requestsOf(machine);
  requireStaying(machine, pending, name);
  const others = pending.filter(({ addVolumeOptions }) => addVolumeOptions?.name !== name);
  return [...others, { removeVolumeOptions: { name } }];
}

function requireStaying(machine: VirtualMachine, pending: Requests, name: string): void {
  if (pending.some(({ removeVolumeOptions }) => removeVolumeOptions?.name === name))
    throw conflict('virtualMachines', nameOf(machine), `${name} is being removed already`);
}

const requestsOf = ({ status }: VirtualMachine): Requests => status?.volumeRequests ?? [];
const nameOf = ({ metadata }: VirtualMachine): string => metadata.name ?? '';

/** With the gate HotplugVolumes requests are left in the machine's status, which its controller carries out. */
async function leave(
  { client, target, signal }: Call,
  machine: VirtualMachine,
  value: readonly object[],
  dryRun: boolean,
): Promise<void> {
  const operations = requestPatch(machine, 'volumeRequests', value);
  await internalUnlessInvalid(
    client.virtualMachines.patch(
      nameOf(machine),
      { type: 'json', operations },
      { namespace: target.namespace, subresource: 'status', dryRun, signal },
    ),
  );
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
