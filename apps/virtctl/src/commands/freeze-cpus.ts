import type { VirtualMachine } from '@virtkit/core-types';
import { isApiError, type Client } from '@virtkit/sdk';
import type { Command } from 'commander';
import { parseKind, type MachineKind } from '../arguments/kind.ts';
import { VirtctlError } from '../errors.ts';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { announceDryRun, describing, dryRunFlag } from './lifecycle.ts';

interface Wording {
  readonly name: 'pause' | 'unpause';
  readonly summary: string;
  /** As in `Error pausing VirtualMachineInstance`. */
  readonly gerund: string;
}

/** `virtctl pause` or `virtctl unpause`, which differ in words only. */
export function freezeCpusCommand(session: Session, { name: verb, summary, gerund }: Wording): Command {
  return createCommand<{ dryRun?: boolean }>(
    {
      name: verb,
      summary,
      operands: '(vm|vmi) NAME',
      count: { exactly: 2 },
      flags: [dryRunFlag()],
      examples: [`virtctl ${verb} vm web`, `virtctl ${verb} vmi web -n shop`],
      async run({ operands: [type = '', name = ''], flags: { dryRun }, withClient }) {
        const kind = parseKind(type);
        announceDryRun(session, dryRun);
        const failure = `Error ${gerund} VirtualMachineInstance ${name}`;
        await withClient(async (client) => {
          const machine = await machineOf(client, kind, name, session.interrupted);
          try {
            await client.virtualMachineInstances[verb](name, { dryRun, signal: session.interrupted });
          } catch (error) {
            if (!isApiError(error) || error.code === 'aborted') throw error;
            const reason =
              machine !== undefined && error.code === 'not-found'
                ? reasonOfAbsence(machine, name)
                : `${name}: ${error.message}`;
            throw new VirtctlError('request-failed', `${failure}. ${reason}`, { cause: error });
          }
        });
        printLine(session, `VMI ${name} was scheduled to ${verb}`);
      },
    },
    session,
  );
}

async function machineOf(
  client: Client,
  kind: MachineKind,
  name: string,
  signal: AbortSignal,
): Promise<VirtualMachine | undefined> {
  if (kind === 'vmi') return undefined;
  return describing(
    (error) => `Error getting VirtualMachine ${name}: ${error.message}`,
    () => client.virtualMachines.get(name, { signal }),
  );
}

function reasonOfAbsence({ spec }: VirtualMachine, name: string): string {
  const halted = spec.runStrategy === 'Halted' || spec.running === false;
  return halted ? `VirtualMachine ${name} is not set to run` : 'it was not found';
}
