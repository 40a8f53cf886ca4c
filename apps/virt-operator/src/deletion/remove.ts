import { addFinalizerPatch, done, removeFinalizersPatch, type Action } from '@virtkit/controllers/runtime';
import { finalizers, type CustomResourceDefinition } from '@virtkit/core-types';
import { idOf } from '../observe/managed-kinds.ts';
import { ownFinalizers, type Pass } from '../reconciler.ts';
import { withSituation } from '../status/project.ts';
import { unlabelled } from './nodes.ts';
import { planDeletion } from './plan.ts';
import { stayTrusted } from './stay-trusted.ts';

/** Takes away what was installed, one step at a time: what a step changes is the reason for the next one. */
export async function remove(pass: Pass): Promise<Action> {
  const { observation, writer, status, logger, signal } = pass;
  const { now } = observation;
  await status.tell((told) => withSituation(told, { kind: 'deleting' }, now, 'Deleting'), signal);
  const step = planDeletion(observation.managed);
  switch (step.kind) {
    case 'hold':
    case 'release':
      for (const definition of step.definitions) await setHold(pass, definition, step.kind === 'hold');
      return done;
    case 'delete':
      logger.info('deleting', { objects: step.objects.map(idOf) });
      for (const object of step.objects) await writer.delete(object);
      return done;
    case 'wait':
      logger.info('waiting for the end', { of: step.for });
      return step.programsRun ? stayTrusted(pass) : done;
    case 'gone':
      return finish(pass);
    default:
      return step satisfies never;
  }
}

async function setHold(
  { client, signal }: Pass,
  definition: CustomResourceDefinition,
  hold: boolean,
): Promise<void> {
  const operations = hold
    ? addFinalizerPatch(definition, finalizers.operatorComponent)
    : removeFinalizersPatch(definition, [finalizers.operatorComponent]);
  if (operations === undefined) return;
  const { name = '' } = definition.metadata;
  await client.customResourceDefinitions.patch(name, { type: 'json', operations }, { signal });
}

/** Nothing is left: nodes lose what node agents wrote on them, and the object may go. */
async function finish(pass: Pass): Promise<Action> {
  const { kubeVirt, client, status, logger, signal } = pass;
  const { now } = pass.observation;
  for await (const { items } of client.nodes.pages({ signal })) {
    for (const node of items) {
      const body = unlabelled(node);
      if (body !== undefined)
        await client.nodes.patch(node.metadata.name ?? '', { type: 'merge', body }, { signal });
    }
  }
  await status.tell((told) => withSituation(told, { kind: 'deleting' }, now, 'Deleted'), signal);
  const operations = removeFinalizersPatch(kubeVirt, ownFinalizers);
  if (operations === undefined) return done;
  const { name = '', namespace } = kubeVirt.metadata;
  await client.kubeVirts.patch(name, { type: 'json', operations }, { namespace, signal });
  logger.info('everything is gone', { kubeVirt: `${namespace}/${name}` });
  return done;
}
