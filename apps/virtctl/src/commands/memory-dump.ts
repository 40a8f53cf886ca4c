import { Quantity, resources, type PersistentVolumeClaim } from '@virtkit/core-types';
import { isApiError, type Client } from '@virtkit/sdk';
import { Command, Option } from 'commander';
import { VirtctlError } from '../errors.ts';
import { putSubresource } from '../requests/subresource.ts';
import { note, printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { describing } from './lifecycle.ts';

interface GetFlags {
  readonly claimName?: string;
  readonly createClaim?: boolean;
  readonly storageClass?: string;
  readonly accessMode?: string;
  readonly output?: string;
}

/** `virtctl memory-dump get|remove|download VM` */
export function memoryDumpCommand(session: Session): Command {
  return new Command('memory-dump')
    .summary("Dump the memory of a machine's guest")
    .description("Dumps the memory of a machine's guest on a claim.")
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addCommand(getCommand(session))
    .addCommand(removeCommand(session))
    .addCommand(downloadCommand(session));
}

const downloadMissing = () =>
  new VirtctlError('not-available', 'the download of a memory dump is not available in Virtkit', {
    nextStep: 'leave --output away; the dump is on the claim',
  });

function getCommand(session: Session): Command {
  return createCommand<GetFlags>(
    {
      name: 'get',
      summary: 'Dump the memory on a claim',
      operands: 'VM',
      count: { exactly: 1 },
      flags: [
        new Option('--claim-name <name>', 'claim to write to (default: the one of the last dump)'),
        new Option('--create-claim', 'create the claim'),
        new Option('--storage-class <name>', 'storage class of a claim that is created'),
        new Option('--access-mode <mode>', 'ReadWriteOnce or ReadWriteMany, of a claim that is created'),
        new Option('--output <file>', 'not available').hideHelp(),
      ],
      examples: ['virtctl memory-dump get web --claim-name dump --create-claim'],
      async run({ operands: [name = ''], flags, withClient }) {
        if (flags.output !== undefined) throw downloadMissing();
        const { claimName, createClaim } = flags;
        if (createClaim === true && claimName === undefined)
          throw new VirtctlError('usage', 'claim name must be set together with --create-claim');
        await withClient(async (client) => {
          if (createClaim === true) await makeClaim(client, session, name, claimName ?? '', flags);
          await describing(
            (error) => `error dumping vm memory, ${error.message}`,
            () =>
              putSubresource(
                client,
                'vm',
                name,
                'memorydump',
                claimName === undefined ? {} : { claimName },
                session.interrupted,
              ),
          );
        });
        printLine(session, `Successfully submitted memory dump request of VM ${name}`);
      },
    },
    session,
  );
}

function removeCommand(session: Session): Command {
  return createCommand(
    {
      name: 'remove',
      summary: 'Forget the last dump; its claim stays',
      operands: 'VM',
      count: { exactly: 1 },
      async run({ operands: [name = ''], withClient }) {
        await withClient((client) =>
          describing(
            (error) => `error removing memory dump association, ${error.message}`,
            () => putSubresource(client, 'vm', name, 'removememorydump', {}, session.interrupted),
          ),
        );
        printLine(session, `Successfully submitted remove memory dump association of VM ${name}`);
      },
    },
    session,
  );
}

function downloadCommand(session: Session): Command {
  return createCommand(
    {
      name: 'download',
      summary: 'Not available in Virtkit yet',
      operands: 'VM',
      count: { exactly: 1 },
      flags: [new Option('--output <file>', 'not available').hideHelp()],
      run: () => Promise.reject(downloadMissing()),
    },
    session,
  );
}

const defaultOverhead = 0.055;

/** A claim that has room for the guest's memory, what describes it, and the file system. */
async function makeClaim(
  client: Client,
  session: Session,
  machine: string,
  claimName: string,
  { storageClass, accessMode = 'ReadWriteOnce' }: GetFlags,
): Promise<void> {
  if (accessMode !== 'ReadWriteOnce' && accessMode !== 'ReadWriteMany')
    throw new VirtctlError(
      'usage',
      `invalid access mode "${accessMode}": it is ReadWriteOnce or ReadWriteMany`,
    );
  const { interrupted: signal } = session;
  const { status } = await client.virtualMachines.get(machine, { signal });
  if (status?.memoryDumpRequest !== undefined)
    throw new VirtctlError(
      'request-failed',
      'please remove current memory dump association before creating a new claim',
    );
  const claims = client.resource(resources.persistentVolumeClaims);
  if ((await ifFound(claims.get(claimName, { signal }))) !== undefined)
    throw new VirtctlError('request-failed', `PVC ${client.namespace}/${claimName} already exists`);
  const { spec } = await client.virtualMachineInstances.get(machine, { signal });
  const memory = Quantity.parse(spec.domain.resources?.requests?.['memory'] ?? 0).add(
    Quantity.parse('100Mi'),
  );
  const overhead = await overheadOf(client, session, storageClass);
  const storage = Quantity.fromBytes(
    memory.mul(Math.round((1 + overhead) * 1000), 1000).toBytes(),
  ).toString();
  const claim: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: claimName, labels: { 'cdi.kubevirt.io/applyStorageProfile': 'true' } },
    spec: {
      accessModes: [accessMode],
      resources: { requests: { storage } },
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    },
  };
  await claims.create(claim, { signal });
  printLine(session, `PVC ${client.namespace}/${claimName} created`);
}

async function overheadOf(client: Client, session: Session, storageClass = ''): Promise<number> {
  const config = await ifFound(
    client.resource(resources.cdiConfigs).get('config', { signal: session.interrupted }),
  );
  if (config === undefined)
    note(session, `CDIConfig does not exist; the overhead of file systems is taken as ${defaultOverhead}`);
  const { global, storageClass: byClass = {} } = config?.status?.filesystemOverhead ?? {};
  const overhead = Number(byClass[storageClass] ?? global ?? defaultOverhead);
  return Number.isFinite(overhead) ? overhead : defaultOverhead;
}

async function ifFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isApiError(error, 'not-found')) return undefined;
    throw error;
  }
}
