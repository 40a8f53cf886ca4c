import { ApiServerError } from '@virtkit/apiserver';
import { LauncherLogListSchema, type LauncherLogList, type Node } from '@virtkit/core-types';
import { instanceAt } from './node-agent/endpoint.ts';
import { ifFound } from './refusal.ts';
import { json, type Call, type Reply, type Route } from './route.ts';

/** Node agents that are asked at a time. */
const width = 20;
/** Longest that one may take, in milliseconds: one that is away must not keep the others' answers. */
const patience = 5_000;

/**
 * Logs of launchers that failed, which outlive their Pods on the nodes: an addition of Virtkit to this group. Without parameters
 * the answer is a list of those that are kept of this instance's name, the last one first; with `podUID` it is what that one wrote.
 * `node` asks the node agent of one node only.
 *
 * Neither the instance nor its Pod need to be there any more. What is older than the namespace was another's and is not told.
 */
export const launcherLogs: Route = {
  method: 'GET',
  async answer(call) {
    const { searchParams } = new URL(call.request.url ?? '/', 'https://virt-api');
    const agents = await agentsOf(call, searchParams.get('node'));
    const question = new URLSearchParams({ since: await beginOf(call) });
    const podUid = searchParams.get('podUID');
    if (podUid === null) return list(call, agents, question);
    question.set('podUID', podUid);
    return content(call, agents, question, podUid);
  },
};

interface Agent {
  readonly node: string;
  readonly url: URL;
}

/** @throws ApiServerError `NotFound` for a node that is not there, `BadRequest` for one without a node agent */
async function agentsOf({ client, target, signal }: Call, nodeName: string | null): Promise<Agent[]> {
  const agentOf = (node: Node): Agent[] => {
    const url = instanceAt(node, target);
    return url === undefined ? [] : [{ node: node.metadata.name ?? '', url }];
  };
  if (nodeName === null) {
    const { items } = await client.nodes.list({ signal });
    return items.flatMap(agentOf);
  }
  const node = await ifFound(client.nodes.get(nodeName, { signal }));
  if (node === undefined) throw new ApiServerError('NotFound', `there is no node ${nodeName}`);
  const agents = agentOf(node);
  if (agents.length === 0) throw new ApiServerError('BadRequest', `node ${nodeName} has no virt-handler`);
  return agents;
}

/** When the namespace was made. @throws ApiServerError `NotFound` */
async function beginOf({ client, target: { namespace }, signal }: Call): Promise<string> {
  const found = await ifFound(client.namespaces.get(namespace, { signal }));
  const begin = found?.metadata.creationTimestamp;
  if (typeof begin !== 'string') throw new ApiServerError('NotFound', `there is no namespace ${namespace}`);
  return begin;
}

/** All that answer are told, and those that do not, by node. */
async function list(call: Call, agents: readonly Agent[], question: URLSearchParams): Promise<Reply> {
  const { items, unreachable }: LauncherLogList = { items: [], unreachable: [] };
  await inTurn(agents, async ({ node, url }) => {
    try {
      const { body = '' } = await ask(call, url, question);
      items.push(...LauncherLogListSchema.parse(JSON.parse(body.toString())).items);
    } catch (error) {
      call.signal.throwIfAborted();
      unreachable.push({ node, message: error instanceof Error ? error.message : String(error) });
    }
  });
  items.sort((a, b) => Date.parse(b.failedAt) - Date.parse(a.failedAt));
  const apiVersion = 'subresources.kubevirt.io/v1';
  return json({ apiVersion, kind: 'LauncherLogList', items, ...(unreachable.length > 0 && { unreachable }) });
}

/** @throws ApiServerError `NotFound` when no node has it, `ServiceUnavailable` when one that may have it does not answer */
async function content(
  call: Call,
  agents: readonly Agent[],
  question: URLSearchParams,
  podUid: string,
): Promise<Reply> {
  let found: Reply | undefined;
  let failure: ApiServerError | undefined;
  await inTurn(agents, async ({ url }) => {
    if (found !== undefined) return;
    try {
      found = await ask(call, url, question);
    } catch (error) {
      call.signal.throwIfAborted();
      if (!(error instanceof ApiServerError)) throw error;
      if (error.code !== 'NotFound') failure = error;
    }
  });
  if (found !== undefined) return found;
  throw failure ?? new ApiServerError('NotFound', `no log of a launcher in Pod ${podUid} is kept`);
}

function ask(call: Call, instance: URL, question: URLSearchParams): Promise<Reply> {
  const url = new URL(`launcherlogs?${question.toString()}`, instance);
  return call.askAgent({ method: 'GET', url }, AbortSignal.any([call.signal, AbortSignal.timeout(patience)]));
}

/** Does something with each, some at a time. */
async function inTurn<T>(all: readonly T[], what: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const work = async (): Promise<void> => {
    for (const one of left) await what(one);
  };
  await Promise.all(Array.from({ length: width }, work));
}
