import type { VirtualMachineInstance } from '@virtkit/core-types';
import { readOptions, readRequired, readValue } from './body.ts';
import { requiredInstance } from './context.ts';
import { instanceEvacuation } from './evacuation.ts';
import {
  agentProblem,
  checkpointProblem,
  displayProblem,
  pauseProblem,
  rebootProblem,
  running,
  unpauseProblem,
  type Problem,
} from './instance-state.ts';
import { launchSecurityRoutes } from './launch-security.ts';
import { launcherLogs } from './launcher-logs.ts';
import { instanceGraph } from './object-graph/routes.ts';
import { BackupOptionsSchema, FreezeOptionsSchema, isDryRun, PlainOptionsSchema } from './options.ts';
import { conflict, ifFound, prefixed } from './refusal.ts';
import { done, notCarried, type Call, type Route } from './route.ts';
import { instanceVolumeRoutes } from './volumes/instance.ts';

type Precondition = (instance: VirtualMachineInstance, call: Call) => Problem | Promise<Problem>;

/** Something that the node agent does; answered 200 when it was done, and not done at all for a dry run. */
const order = (operation: string, precondition: Precondition): [string, Route] => [
  operation,
  {
    method: 'PUT',
    async answer(call) {
      const options = await readOptions(call.request, PlainOptionsSchema);
      const instance = await inOrder(call, precondition);
      if (!isDryRun(options)) await call.ask('PUT', instance, operation);
      return done;
    },
  },
];

/** Something that the node agent knows. */
const question = (operation: string, precondition: Precondition): [string, Route] => [
  operation,
  {
    method: 'GET',
    plainFailures: true,
    answer: async (call) => call.ask('GET', await inOrder(call, precondition), operation),
  },
];

/** Something that is refused when it is in order, because no node does it. */
const missing = (
  operation: string,
  what: string,
  read: (call: Call) => Promise<unknown>,
  precondition: Precondition,
): [string, Route] => [
  operation,
  {
    method: 'PUT',
    async answer(call) {
      await read(call);
      await inOrder(call, precondition);
      throw notCarried(what);
    },
  },
];

async function inOrder(call: Call, precondition: Precondition): Promise<VirtualMachineInstance> {
  const instance = await requiredInstance(call.client, call.target, call.signal);
  const problem = await precondition(instance, call);
  if (problem !== undefined) throw problem;
  return instance;
}

/** 409 while the machine of the same name is being copied, which needs it paused. */
async function snapshotProblem({ client, target, signal }: Call): Promise<Problem> {
  const { namespace, name } = target;
  const machine = await ifFound(client.virtualMachines.get(name, { namespace, signal }));
  return machine?.status?.snapshotInProgress === undefined
    ? undefined
    : conflict('virtualMachines', name, 'a snapshot of it is being made');
}

/** What a reset needs is for the node agent to say; that the guest does not run is added to it. */
const reset: [string, Route] = [
  'reset',
  {
    method: 'PUT',
    async answer(call) {
      const options = await readOptions(call.request, PlainOptionsSchema);
      const instance = await requiredInstance(call.client, call.target, call.signal);
      const phase = instance.status?.phase ?? '';
      try {
        if (!isDryRun(options)) await call.ask('PUT', instance, 'reset');
      } catch (error) {
        throw phase === 'Running' ? error : prefixed(`an instance in phase ${phase} was not reset`, error);
      }
      return done;
    },
  },
];

/** How long file systems stay frozen at most goes to the node agent as it is. */
const freeze: [string, Route] = [
  'freeze',
  {
    method: 'PUT',
    async answer(call) {
      const options = await readOptions(call.request, FreezeOptionsSchema);
      await call.ask('PUT', await inOrder(call, running), 'freeze', options);
      return done;
    },
  },
];

const unfreeze: [string, Route] = [
  'unfreeze',
  {
    method: 'PUT',
    async answer(call) {
      await readValue(call.request);
      await call.ask('PUT', await inOrder(call, running), 'unfreeze');
      return done;
    },
  },
];

/** Subresources of instances by the rest of their path (KubeVirt subresources, VirtualMachineInstance endpoints). */
export const instanceRoutes: ReadonlyMap<string, Route> = new Map<string, Route>([
  order('pause', pauseProblem),
  order('unpause', async (instance, call) => (await snapshotProblem(call)) ?? unpauseProblem(instance)),
  order('softreboot', rebootProblem),
  reset,
  question('guestosinfo', agentProblem),
  question('userlist', agentProblem),
  question('filesystemlist', agentProblem),
  question('vnc/screenshot', displayProblem),
  freeze,
  unfreeze,
  missing('backup', 'a backup', (call) => readRequired(call.request, BackupOptionsSchema), running),
  missing(
    'redefine-checkpoint',
    'a checkpoint of changed blocks',
    (call) => readOptions(call.request, BackupOptionsSchema),
    checkpointProblem,
  ),
  ['evacuate/cancel', instanceEvacuation],
  ['objectgraph', instanceGraph],
  ['launcherlogs', launcherLogs],
  ...instanceVolumeRoutes,
  ...launchSecurityRoutes,
]);
