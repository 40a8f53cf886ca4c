import { elementsOf, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import { ageSince } from './age.ts';
import type { TableColumn } from './columns.ts';
import { ageColumn, nameColumn, textColumn } from './common-columns.ts';

const NONE = '<none>';

/** Columns of `kubectl get pods`. */
export const POD_COLUMNS: readonly TableColumn[] = [
  nameColumn(),
  textColumn('Ready', 'Ready containers of all containers.', readiness),
  textColumn('Status', 'Phase, or what keeps the pod from running.', podStatus),
  textColumn('Restarts', 'Restarts of all containers.', restarts),
  ageColumn(),
  textColumn('IP', 'IP address.', (pod) => stringOf(membersOf(pod.status).podIP, NONE), 1),
  textColumn('Node', 'Node that the pod runs on.', (pod) => stringOf(membersOf(pod.spec).nodeName, NONE), 1),
  textColumn(
    'Nominated Node',
    'Node on which room is being made.',
    (pod) => stringOf(membersOf(pod.status).nominatedNodeName, NONE),
    1,
  ),
  textColumn('Readiness Gates', 'Extra conditions that are fulfilled.', readinessGates, 1),
];

function containerStatuses(pod: KubeObject): Record<string, unknown>[] {
  return elementsOf(membersOf(pod.status).containerStatuses).map(membersOf);
}

function readiness(pod: KubeObject): string {
  const ready = containerStatuses(pod).filter((status) => status.ready === true).length;
  return `${ready}/${elementsOf(membersOf(pod.spec).containers).length}`;
}

function restarts(pod: KubeObject, now: Date): string {
  const statuses = containerStatuses(pod);
  const count = statuses.reduce(
    (sum, status) => sum + (typeof status.restartCount === 'number' ? status.restartCount : 0),
    0,
  );
  const last = statuses
    .map((status) => stringOf(membersOf(membersOf(status.lastState).terminated).finishedAt))
    .sort()
    .at(-1);
  return count > 0 && last !== undefined && last !== ''
    ? `${count} (${ageSince(last, now)} ago)`
    : String(count);
}

function podStatus(pod: KubeObject): string {
  const status = membersOf(pod.status);
  if (pod.metadata.deletionTimestamp !== undefined)
    return status.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
  const init = initStatus(pod);
  if (init !== undefined) return init;
  for (const container of containerStatuses(pod).toReversed()) {
    const waiting = stringOf(membersOf(membersOf(container.state).waiting).reason);
    if (waiting !== '') return waiting;
    const terminated = membersOf(membersOf(container.state).terminated);
    if (stringOf(terminated.reason) !== '') return stringOf(terminated.reason);
    if (typeof terminated.exitCode === 'number') return `ExitCode:${terminated.exitCode}`;
  }
  return stringOf(status.reason, stringOf(status.phase, 'Unknown'));
}

/** What an unfinished init container says, if there is one. */
function initStatus(pod: KubeObject): string | undefined {
  const statuses = elementsOf(membersOf(pod.status).initContainerStatuses).map(membersOf);
  const total = elementsOf(membersOf(pod.spec).initContainers).length;
  for (const [index, container] of statuses.entries()) {
    const state = membersOf(container.state);
    const terminated = membersOf(state.terminated);
    if (terminated.exitCode === 0 || container.started === true) continue;
    if (typeof terminated.exitCode === 'number')
      return `Init:${stringOf(terminated.reason, `ExitCode:${terminated.exitCode}`)}`;
    const waiting = stringOf(membersOf(state.waiting).reason);
    return waiting !== '' && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${index}/${total}`;
  }
  return undefined;
}

function readinessGates(pod: KubeObject): string {
  const gates = elementsOf(membersOf(pod.spec).readinessGates).map((gate) => membersOf(gate).conditionType);
  if (gates.length === 0) return NONE;
  const conditions = elementsOf(membersOf(pod.status).conditions).map(membersOf);
  const fulfilled = gates.filter((gate) =>
    conditions.some((c) => c.type === gate && c.status === 'True'),
  ).length;
  return `${fulfilled}/${gates.length}`;
}
