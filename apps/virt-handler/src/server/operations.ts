import { CoreTypesError, Duration } from '@virtkit/core-types';
import { HalError, type Machine } from '@virtkit/hal';
import { z } from 'zod';
import { HandlerError } from '../errors.ts';
import type { GuestSaid } from '../guest-poller.ts';
import { filesystemListView, guestAgentInfoView, userListView } from './guest-views.ts';

/** The answer to one operation. */
type OperationResult =
  | { kind: 'accepted' }
  | { kind: 'json'; body: object }
  | { kind: 'bytes'; contentType: string; body: Uint8Array };

/** A request for an operation, and what is known of the guest that it is about. */
interface OperationCall {
  readonly signal: AbortSignal;
  /** The JSON value of the body; undefined when there is none. @throws HalError `invalid-spec` */
  readonly body: () => Promise<unknown>;
  /** What the guest last said about itself. */
  readonly said: Readonly<GuestSaid>;
}

/** An event that tells of an operation. */
export interface OperationEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/** One operation on a machine. */
export interface Operation {
  method: 'GET' | 'PUT';
  /** Tells that it was carried out. */
  event?: OperationEvent;
  /** How a failure is answered and told, whatever went wrong. */
  failure?: { status: number; event?(message: string): OperationEvent };
  run(machine: Machine, call: OperationCall): Promise<OperationResult>;
}

const accepted: OperationResult = { kind: 'accepted' };

const verb = (
  reason: string,
  message: string,
  run: (machine: Machine, call: OperationCall) => Promise<void>,
): Operation => ({
  method: 'PUT',
  event: { type: 'Normal', reason, message },
  async run(machine, call) {
    await run(machine, call);
    return accepted;
  },
});

const question = (ask: (machine: Machine, call: OperationCall) => Promise<object>): Operation => ({
  method: 'GET',
  async run(machine, call) {
    return { kind: 'json', body: await ask(machine, call) };
  },
});

const FreezeBodySchema = z.object({ unfreezeTimeout: z.string() });

/** Whole seconds after which file systems thaw by themselves; 0 is never. @throws HalError `invalid-spec` */
function thawAfterSeconds(body: unknown): number {
  const parsed = FreezeBodySchema.safeParse(body);
  if (!parsed.success) throw new HalError('invalid-spec', 'a freeze wants an unfreezeTimeout');
  try {
    return Number(Duration.parse(parsed.data.unfreezeTimeout).nanoseconds / 1_000_000_000n);
  } catch (cause) {
    if (!(cause instanceof CoreTypesError)) throw cause;
    throw new HalError('invalid-spec', cause.message, { cause });
  }
}

/** Operations by the last part of their path, named as in KubeVirt's console server. */
export const operations: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  [
    'pause',
    verb('Paused', 'VirtualMachineInstance paused', (m, { signal }) => m.facet('pause').pause({ signal })),
  ],
  [
    'unpause',
    verb('Unpaused', 'VirtualMachineInstance unpaused', (m, { signal }) =>
      m.facet('pause').resume({ signal }),
    ),
  ],
  [
    'reset',
    verb('Reset', 'VirtualMachineInstance reset', (m, { signal }) => m.facet('reset').reset({ signal })),
  ],
  [
    'softreboot',
    verb('SoftRebooted', 'VirtualMachineInstance soft rebooted', (m, { signal }) =>
      m.facet('softReboot').softReboot({ signal }),
    ),
  ],
  [
    'freeze',
    {
      method: 'PUT',
      failure: { status: 400, event: (message) => ({ type: 'Warning', reason: 'FreezeError', message }) },
      async run(machine, { body, signal }) {
        const after = thawAfterSeconds(await body());
        await machine.facet('guestAgent').freeze({ thawAfterSeconds: after, signal });
        return accepted;
      },
    },
  ],
  [
    'unfreeze',
    {
      method: 'PUT',
      failure: { status: 400 },
      async run(machine, { signal }) {
        await machine.facet('guestAgent').thaw({ signal });
        return accepted;
      },
    },
  ],
  // What the guest said is told; a guest that has just connected is asked.
  [
    'guestosinfo',
    question(async (machine, { said, signal }) => {
      const agent = machine.facet('guestAgent');
      return guestAgentInfoView(
        said.info ?? (await agent.info({ signal })),
        said.users ?? (await agent.users({ signal })),
        said.filesystems ?? (await agent.filesystems({ signal })),
        said.frozen ?? (await agent.frozen({ signal })),
      );
    }),
  ],
  [
    'userlist',
    question(async (m, { said, signal }) =>
      userListView(said.users ?? (await m.facet('guestAgent').users({ signal }))),
    ),
  ],
  [
    'filesystemlist',
    question(async (m, { said, signal }) =>
      filesystemListView(said.filesystems ?? (await m.facet('guestAgent').filesystems({ signal }))),
    ),
  ],
  [
    'vnc/screenshot',
    {
      method: 'GET',
      async run(machine, { signal }) {
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
  if (error instanceof HandlerError && error.code === 'busy') return 503;
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
