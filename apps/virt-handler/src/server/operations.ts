import { HalError, type Machine } from '@virtkit/hal';
import { filesystemListView, guestAgentInfoView, userListView } from './guest-views.ts';

/** The answer to one operation. */
type OperationResult =
  | { kind: 'accepted' }
  | { kind: 'json'; body: object }
  | { kind: 'bytes'; contentType: string; body: Uint8Array };

/** One operation on a machine; `event` is the reason of the event that tells of it. */
export interface Operation {
  method: 'GET' | 'PUT';
  event?: { reason: string; message: string };
  run(machine: Machine, signal: AbortSignal): Promise<OperationResult>;
}

const accepted: OperationResult = { kind: 'accepted' };

const verb = (
  reason: string,
  message: string,
  run: (machine: Machine, signal: AbortSignal) => Promise<void>,
): Operation => ({
  method: 'PUT',
  event: { reason, message },
  async run(machine, signal) {
    await run(machine, signal);
    return accepted;
  },
});

const question = (ask: (machine: Machine, signal: AbortSignal) => Promise<object>): Operation => ({
  method: 'GET',
  async run(machine, signal) {
    return { kind: 'json', body: await ask(machine, signal) };
  },
});

/** Operations by the last part of their path, named as in KubeVirt's console server. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  [
    'pause',
    verb('Paused', 'VirtualMachineInstance paused', (m, signal) => m.facet('pause').pause({ signal })),
  ],
  [
    'unpause',
    verb('Unpaused', 'VirtualMachineInstance unpaused', (m, signal) => m.facet('pause').resume({ signal })),
  ],
  ['reset', verb('Reset', 'VirtualMachineInstance reset', (m, signal) => m.facet('reset').reset({ signal }))],
  [
    'softreboot',
    verb('SoftRebooted', 'VirtualMachineInstance soft rebooted', (m, signal) =>
      m.facet('softReboot').softReboot({ signal }),
    ),
  ],
  [
    'guestosinfo',
    question(async (machine, signal) => {
      const agent = machine.facet('guestAgent');
      return guestAgentInfoView(
        await agent.info({ signal }),
        await agent.users({ signal }),
        await agent.filesystems({ signal }),
      );
    }),
  ],
  ['userlist', question(async (m, signal) => userListView(await m.facet('guestAgent').users({ signal })))],
  [
    'filesystemlist',
    question(async (m, signal) => filesystemListView(await m.facet('guestAgent').filesystems({ signal }))),
  ],
  [
    'vnc/screenshot',
    {
      method: 'GET',
      async run(machine, signal) {
        const { mimeType, data } = await machine.facet('display').screenshot({ signal });
        return { kind: 'bytes', contentType: mimeType, body: data };
      },
    },
  ],
]);

/** HTTP status of a failed operation. */
export function statusOf(error: unknown): number {
  // A name in the path that is not encoded rightly.
  if (error instanceof URIError) return 400;
  if (!(error instanceof HalError)) return 500;
  switch (error.code) {
    case 'not-found':
      return 404;
    case 'unsupported':
    case 'invalid-spec':
      return 400;
    case 'invalid-state':
    case 'conflict':
      return 409;
    case 'guest-agent-unavailable':
    case 'connection-lost':
    case 'closed':
      return 503;
    case 'forbidden':
      return 403;
    case 'aborted':
      return 504;
    case 'insufficient-resources':
    case 'source-unavailable':
    case 'hypervisor-unavailable':
    case 'guest-agent-failed':
    case 'failed':
      return 500;
  }
}
