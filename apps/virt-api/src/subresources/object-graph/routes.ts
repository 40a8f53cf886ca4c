import { labels, resources } from '@virtkit/core-types';
import { readOptions } from '../body.ts';
import { requiredInstance, requiredMachine } from '../context.ts';
import { ObjectGraphOptionsSchema } from '../options.ts';
import { internal } from '../refusal.ts';
import { json, type Call, type Route } from '../route.ts';
import { instanceGraphOf, launcherOf, machineGraphOf, type GraphFacts } from './build.ts';
import { filtered } from './node.ts';

/** The objects that a machine depends on; the options are the body, although it is a GET. */
export const machineGraph: Route = {
  method: 'GET',
  gate: 'ObjectGraph',
  async answer(call) {
    const options = await readOptions(call.request, ObjectGraphOptionsSchema);
    const machine = await requiredMachine(call.client, call.target, call.signal);
    return json(filtered(machineGraphOf(machine, await factsFor(call)), options));
  },
};

/** The objects that an instance depends on. */
export const instanceGraph: Route = {
  method: 'GET',
  gate: 'ObjectGraph',
  async answer(call) {
    const options = await readOptions(call.request, ObjectGraphOptionsSchema);
    const instance = await requiredInstance(call.client, call.target, call.signal);
    return json(filtered(instanceGraphOf(instance, await factsFor(call)), options));
  },
};

async function factsFor({ client, target, signal }: Call): Promise<GraphFacts> {
  const { namespace, name } = target;
  const pods = await internal(client.pods.list({ namespace, signal }));
  const selector = `${labels.persistentStateFor}=${name}`;
  const claims = await internal(
    client.resource(resources.persistentVolumeClaims).list({ namespace, labelSelector: selector, signal }),
  );
  return { pod: launcherOf(pods.items, name), stateClaim: claims.items[0]?.metadata.name };
}
