import { labels, type FailedLauncher, type Pod } from '@virtkit/core-types';
import type { Client } from '@virtkit/sdk';
import { VirtkitError } from '../errors.ts';
import { table } from '../output/table.ts';
import { connectToCluster, understood, type ClusterFlags } from './connection.ts';

interface LogsOptions extends ClusterFlags {
  /** Of the VirtualMachine or VirtualMachineInstance. */
  name: string;
  namespace?: string | undefined;
  /** The log of a launcher that failed, instead of that of the one which is there. */
  previous?: boolean;
  /** Which launcher: name or UID of its Pod. */
  pod?: string | undefined;
  /** Only tell of which launchers there are logs. */
  list?: boolean;
  /** The list as JSON. */
  json?: boolean;
  follow?: boolean;
  /** Lines from the end. */
  tail?: number | undefined;
  print: (line: string) => void;
  /** Gets what is not part of a log or a list. */
  warn: (text: string) => void;
  /** Gets logs as they are. */
  write: (text: string) => void;
}

interface Place {
  readonly client: Client;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/**
 * Prints what the launcher of a machine wrote: of the one that is there, or of one that failed, whose log outlives its Pod on
 * the node.
 *
 * @throws VirtkitError `not-found` when there is no such log, `forbidden`, `timeout`
 */
export async function logs(options: LogsOptions, signal: AbortSignal): Promise<void> {
  await using client = await connectToCluster(options, { onWarning: options.warn, signal });
  const place = { client, namespace: options.namespace ?? client.namespace, signal };
  const lists = options.list === true || options.json === true;
  if (!lists && options.previous !== true) return await current(place, options);
  const { namespace } = place;
  const told = await understood('ask for logs of failed launchers', () =>
    client.virtualMachineInstances.launcherLogs(options.name, { namespace, signal }),
  );
  if (options.json === true) return options.print(JSON.stringify(told, undefined, 2));
  for (const { node, message } of told.unreachable) options.warn(`node ${node} was not asked: ${message}`);
  if (lists) return options.print(failedText(told.items));
  return await previous(place, options, told.items);
}

async function current(place: Place, { name, pod, follow, tail, write }: LogsOptions): Promise<void> {
  const { client, namespace, signal } = place;
  const { items } = await understood('list the Pods of the machine', () =>
    client.pods.list({ namespace, labelSelector: `${labels.app}=virt-launcher`, signal }),
  );
  const newest = items
    .filter((one) => isOf(one, name) && (pod === undefined || isNamed(one, pod)))
    .toSorted((a, b) => madeAt(b) - madeAt(a))[0];
  if (newest === undefined)
    throw new VirtkitError('not-found', `there is no launcher of ${namespace}/${name}`, {
      nextStep: `see whether one failed: virtkit logs ${name} --namespace ${namespace} --list`,
    });
  const path = `/api/v1/namespaces/${namespace}/pods/${newest.metadata.name ?? ''}/log`;
  const query = { container: 'compute', tailLines: tail, ...(follow === true && { follow }) };
  const request = { method: 'GET', path, query, signal, longLived: follow === true } as const;
  const { body } = await understood('read the log', () => client.request(request));
  body.setEncoding('utf8');
  try {
    for await (const text of body) write(String(text));
  } catch (error) {
    // Whoever follows a log ends that himself.
    if (!signal.aborted) throw error;
  }
}

async function previous(
  place: Place,
  { name, pod, tail, write }: LogsOptions,
  failed: readonly FailedLauncher[],
): Promise<void> {
  const one = failed.find((each) => pod === undefined || each.pod === pod || each.podUID === pod);
  if (one === undefined)
    throw new VirtkitError('not-found', `no log of a launcher of ${place.namespace}/${name} is kept`, {
      nextStep: 'only launchers that failed leave one, for some days: kubectl get events tells of them',
    });
  const { client, namespace, signal } = place;
  const { podUID, node } = one;
  const text = await understood('read the log', () =>
    client.virtualMachineInstances.launcherLog(name, podUID, { node, namespace, signal }),
  );
  write(tail === undefined ? text : lastLines(text, tail));
}

function failedText(failed: readonly FailedLauncher[]): string {
  if (failed.length === 0) return 'no launcher that failed has left a log';
  return table(
    ['FAILED', 'POD', 'NODE', 'EXIT', 'REASON'],
    failed.map(({ failedAt, pod, node, exitCode, reason, message }) => [
      failedAt,
      pod,
      node,
      exitCode === undefined ? '-' : String(exitCode),
      reason ?? message ?? '-',
    ]),
  );
}

const isOf = ({ metadata }: Pod, instance: string): boolean =>
  (metadata.ownerReferences ?? []).some(
    ({ kind, name }) => kind === 'VirtualMachineInstance' && name === instance,
  );
const isNamed = ({ metadata }: Pod, pod: string): boolean => metadata.name === pod || metadata.uid === pod;
const madeAt = ({ metadata }: Pod): number => Date.parse(metadata.creationTimestamp ?? '') || 0;

function lastLines(text: string, count: number): string {
  const lines = text.split('\n');
  return lines.slice(Math.max(0, lines.length - 1 - count)).join('\n');
}
