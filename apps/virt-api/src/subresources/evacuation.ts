import { ApiServerError } from '@virtkit/apiserver';
import type { JsonPatchOperation, VirtualMachineInstance } from '@virtkit/core-types';
import { readRequired } from './body.ts';
import { isControlledBy, requiredInstance, requiredMachine } from './context.ts';
import { EvacuateCancelOptionsSchema, isDryRun } from './options.ts';
import { conflict, internal, refusal } from './refusal.ts';
import { done, type Call, type Route } from './route.ts';

/** Takes back that an instance is to leave its node (KubeVirt subresources, evacuate/cancel). */
export const instanceEvacuation: Route = {
  method: 'PUT',
  async answer(call) {
    const options = await readRequired(call.request, EvacuateCancelOptionsSchema);
    await cancel(call, await requiredInstance(call.client, call.target, call.signal), options);
    return done;
  },
};

/** The same by the name of the machine, whose instance it must be. */
export const machineEvacuation: Route = {
  method: 'PUT',
  async answer(call) {
    const options = await readRequired(call.request, EvacuateCancelOptionsSchema);
    const machine = await requiredMachine(call.client, call.target, call.signal);
    if (machine.status?.created !== true)
      throw conflict('virtualMachines', call.target.name, 'it has not been started');
    const instance = await requiredInstance(call.client, call.target, call.signal);
    if (!isControlledBy(instance, machine))
      throw new ApiServerError('InternalError', `the instance ${call.target.name} is not the machine's`);
    await cancel(call, instance, options);
    return done;
  },
};

async function cancel(
  call: Call,
  { status }: VirtualMachineInstance,
  options: { evacuationNodeName: string; dryRun?: string[] | null | undefined },
): Promise<void> {
  const { client, target, signal } = call;
  await requireNotDrained(call, status?.evacuationNodeName || status?.nodeName || '');
  if (!status?.evacuationNodeName) return;
  const path = '/status/evacuationNodeName';
  const operations: JsonPatchOperation[] = [
    { op: 'test', path, value: options.evacuationNodeName },
    { op: 'remove', path },
  ];
  const { namespace, name } = target;
  await internal(
    client.virtualMachineInstances.patch(
      name,
      { type: 'json', operations },
      { namespace, dryRun: isDryRun(options), signal },
    ),
  );
}

/** A node that is being drained would be left again at once. */
async function requireNotDrained({ client, target, signal, configuration }: Call, nodeName: string) {
  const { nodeDrainTaintKey } = configuration.values.migrations;
  const node = await internal(client.nodes.get(nodeName, { signal }));
  const drained = (node.spec?.taints ?? []).some(
    ({ key, effect }) => key === nodeDrainTaintKey && effect === 'NoSchedule',
  );
  if (drained)
    throw refusal(
      'BadRequest',
      'virtualMachineInstances',
      target.name,
      `its node ${nodeName} is being drained (taint ${nodeDrainTaintKey})`,
    );
}
