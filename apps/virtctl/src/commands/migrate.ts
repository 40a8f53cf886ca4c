import { resources } from '@virtkit/core-types';
import { Option, type Command } from 'commander';
import { parsePairs } from '../arguments/pairs.ts';
import { parseKind } from '../arguments/kind.ts';
import { VirtctlError } from '../errors.ts';
import { putSubresource } from '../requests/subresource.ts';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { announceDryRun, describing, dryRunFlag } from './lifecycle.ts';

interface MigrateFlags {
  readonly addedNodeSelector?: string;
  readonly dryRun?: boolean;
}

const dryRunOf = (dryRun: boolean | undefined) => (dryRun === true ? { dryRun: ['All'] } : {});

/** `virtctl migrate VM` */
export function migrateCommand(session: Session): Command {
  return createCommand<MigrateFlags>(
    {
      name: 'migrate',
      summary: 'Move a running machine to another node',
      operands: 'VM',
      count: { exactly: 1 },
      flags: [
        new Option('--addedNodeSelector <labels>', 'KEY=VALUE,... that the new node must have'),
        dryRunFlag(),
      ],
      async run({ operands: [name = ''], flags: { addedNodeSelector, dryRun }, withClient }) {
        const selector =
          addedNodeSelector === undefined
            ? {}
            : { addedNodeSelector: parsePairs('addedNodeSelector', addedNodeSelector) };
        announceDryRun(session, dryRun);
        await withClient((client) =>
          describing(
            (error) => `Error migrating VirtualMachine ${error.message}`,
            () =>
              putSubresource(
                client,
                'vm',
                name,
                'migrate',
                { ...selector, ...dryRunOf(dryRun) },
                session.interrupted,
              ),
          ),
        );
        printLine(session, `VM ${name} was scheduled to migrate`);
      },
    },
    session,
  );
}

const finalPhases = ['Succeeded', 'Failed'];

/** `virtctl migrate-cancel VM` */
export function migrateCancelCommand(session: Session): Command {
  return createCommand<{ dryRun?: boolean }>(
    {
      name: 'migrate-cancel',
      summary: 'Cancel the migration of a machine',
      operands: 'VM',
      count: { exactly: 1 },
      flags: [dryRunFlag()],
      async run({ operands: [name = ''], flags: { dryRun }, withClient }) {
        announceDryRun(session, dryRun);
        await withClient(async (client) => {
          const migrations = client.resource(resources.virtualMachineInstanceMigrations);
          const { interrupted: signal } = session;
          const { items } = await describing(
            (error) => `Error fetching virtual machine instance migration list  ${error.message}`,
            () => migrations.list({ labelSelector: `kubevirt.io/vmi-name==${name}`, signal }),
          );
          const found = items.find(({ status }) => !finalPhases.includes(status?.phase ?? ''));
          if (found === undefined)
            throw new VirtctlError('request-failed', `Found no migration to cancel for ${name}`);
          await describing(
            (error) => `Error canceling migration of a VirtualMachine ${name}: ${error.message}`,
            () => migrations.delete(found.metadata.name ?? '', { dryRun: dryRun === true, signal }),
          );
        });
        printLine(session, `VM ${name} was scheduled to migrate-cancel`);
      },
    },
    session,
  );
}

/** `virtctl evacuate-cancel (vm|vmi) NAME` */
export function evacuateCancelCommand(session: Session): Command {
  return createCommand<{ dryRun?: boolean }>(
    {
      name: 'evacuate-cancel',
      summary: 'Let a machine stay on the node that it was to leave',
      operands: '(vm|vmi) NAME',
      count: { exactly: 2 },
      flags: [dryRunFlag()],
      async run({ operands: [type = '', name = ''], flags: { dryRun }, withClient }) {
        const kind = parseKind(type);
        announceDryRun(session, dryRun);
        const place = await withClient(async (client) => {
          const full = `${client.namespace}/${name}`;
          const { interrupted: signal } = session;
          const { status } = await client.virtualMachineInstances.get(name, { signal });
          const evacuationNodeName = status?.nodeName;
          if (evacuationNodeName === undefined)
            throw new VirtctlError(
              'request-failed',
              `${kind.toUpperCase()} ${full} doesn't report Node name`,
            );
          const body = { evacuationNodeName, ...dryRunOf(dryRun) };
          await describing(
            (error) => `Error canceling evacuation of ${kind.toUpperCase()} ${full}: ${error.message}`,
            () => putSubresource(client, kind, name, 'evacuate/cancel', body, signal),
          );
          return full;
        });
        printLine(session, `${kind.toUpperCase()} ${place} was canceled evacuation`);
      },
    },
    session,
  );
}
