import type { KubernetesObject } from '@virtkit/core-types';
import { schemaRefusal } from '../checks/schema-findings.ts';
import type { CheckedClient, CheckOptions } from '../checks/write-check.ts';
import { isApiError } from '../errors.ts';
import { ifFound } from './if-found.ts';
import type { Judge } from './judge.ts';
import type { Judgement, LeftToServer } from './judgement.ts';
import { plannedCreation, plannedUpdate } from './planned-write.ts';

/** See `ResourceClient.validate`. */
export async function judgeObject<T extends KubernetesObject>(
  judge: Judge,
  client: CheckedClient<T>,
  object: T,
  options: CheckOptions,
): Promise<Judgement<T>> {
  const { definition } = client;
  const { stored, unread } = await storedObject(judge, client, object, options);
  const write =
    stored === undefined
      ? plannedCreation(definition, object, options)
      : plannedUpdate(definition, { stored, changed: object }, {});
  const judgement = await judge.judge(write, options.signal);
  const known: Judgement<T> =
    unread === undefined
      ? judgement
      : { ...judgement, verdict: 'undecided', leftToServer: [unread, ...judgement.leftToServer] };
  const unfit = known.refusal === undefined ? schemaRefusal(definition, object) : undefined;
  return unfit === undefined ? known : { ...known, verdict: 'refused', causes: unfit.fields, refusal: unfit };
}

async function storedObject<T extends KubernetesObject>(
  judge: Judge,
  client: CheckedClient<T>,
  object: T,
  { namespace, signal }: CheckOptions,
): Promise<{ stored?: T | undefined; unread?: LeftToServer }> {
  const { name } = object.metadata;
  const { definition } = client;
  if (name === undefined || !(await judge.concerns({ definition, operation: 'UPDATE' }))) return {};
  try {
    return { stored: await ifFound(client.get(name, { namespace, signal })) };
  } catch (cause) {
    if (!isApiError(cause) || cause.code === 'aborted' || cause.code === 'closed') throw cause;
    return { unread: { why: `whether it exists cannot be read: ${cause.message}`, cause } };
  }
}
