import { resources } from '@virtkit/core-types';
import { isApiError, type Client } from '@virtkit/sdk';
import { Option, type Command } from 'commander';
import { required } from '../arguments/options.ts';
import { VirtctlError } from '../errors.ts';
import { putVolumeChange } from '../requests/subresource.ts';
import { printLine, type Session } from '../session.ts';
import { createCommand } from './command.ts';
import { announceDryRun, describing, dryRunFlag } from './lifecycle.ts';

interface RemoveFlags {
  readonly volumeName?: string;
  readonly dryRun?: boolean;
}

interface AddFlags extends RemoveFlags {
  readonly diskName?: string;
  readonly serial?: string;
  readonly cache?: string;
  readonly diskType: string;
  readonly bus: string;
}

const volumeName = () => required('--volume-name <name>', 'the DataVolume or PersistentVolumeClaim');
const persist = () => new Option('--persist', 'deprecated: volumes of machines are persistent').hideHelp();
const longestName = 63;

/** `virtctl addvolume VMI` */
export function addVolumeCommand(session: Session): Command {
  return createCommand<AddFlags>(
    {
      name: 'addvolume',
      summary: 'Add a volume to a machine',
      operands: 'VMI',
      count: { exactly: 1 },
      flags: [
        volumeName(),
        new Option('--disk-name <name>', 'name of the disk in the machine (default: that of the volume)'),
        new Option('--serial <serial>', 'serial number that the guest sees (default: the name)'),
        new Option('--cache <mode>', 'none, writethrough or writeback'),
        new Option('--disk-type <type>', 'disk or lun').default('disk'),
        new Option('--bus <bus>', 'scsi or virtio').default('scsi'),
        persist(),
        dryRunFlag(),
      ],
      examples: ['virtctl addvolume web --volume-name data'],
      async run({ operands: [name = ''], flags, withClient }) {
        const volume = neededVolume(flags);
        const disk = diskOf(volume, flags);
        announceDryRun(session, flags.dryRun);
        await withClient(async (client) => {
          const volumeSource = await sourceNamed(client, volume, session.interrupted);
          const body = { name: disk.name, disk, volumeSource, ...dryRunOf(flags) };
          await describing(
            (error) => `error adding volume, ${error.message}`,
            () => putVolumeChange(client, name, 'addvolume', body, session.interrupted),
          );
        });
        printLine(session, `Successfully submitted add volume request to VM ${name} for volume ${volume}`);
      },
    },
    session,
  );
}

/** `virtctl removevolume VMI` */
export function removeVolumeCommand(session: Session): Command {
  return createCommand<RemoveFlags>(
    {
      name: 'removevolume',
      summary: 'Take a volume away from a machine',
      operands: 'VMI',
      count: { exactly: 1 },
      flags: [volumeName(), persist(), dryRunFlag()],
      async run({ operands: [name = ''], flags, withClient }) {
        const volume = neededVolume(flags);
        announceDryRun(session, flags.dryRun);
        const body = { name: volume, ...dryRunOf(flags) };
        await withClient((client) =>
          describing(
            (error) => `error removing volume, ${error.message}`,
            () => putVolumeChange(client, name, 'removevolume', body, session.interrupted),
          ),
        );
        printLine(session, `Successfully submitted remove volume request to VM ${name} for volume ${volume}`);
      },
    },
    session,
  );
}

function neededVolume({ volumeName: name }: RemoveFlags): string {
  if (name === undefined) throw new VirtctlError('usage', 'required flag(s) "volume-name" not set');
  return name;
}

function dryRunOf({ dryRun }: RemoveFlags): { dryRun?: ['All'] } {
  return dryRun === true ? { dryRun: ['All'] } : {};
}

const buses: Readonly<Record<string, readonly string[]>> = { disk: ['scsi', 'virtio'], lun: ['scsi'] };

function diskOf(volume: string, { diskName, serial, cache, diskType, bus }: AddFlags) {
  const name = diskName ?? volume;
  if (name.length > longestName)
    throw new VirtctlError(
      'usage',
      `the name of the disk has ${name.length} characters; ${longestName} are possible`,
    );
  const possible = buses[diskType];
  if (possible === undefined)
    throw new VirtctlError('usage', `invalid disk type "${diskType}": it is disk or lun`);
  if (!possible.includes(bus))
    throw new VirtctlError('usage', `invalid bus "${bus}" for a ${diskType}: it is ${possible.join(' or ')}`);
  if (cache !== undefined && !['none', 'writethrough', 'writeback'].includes(cache))
    throw new VirtctlError('usage', `invalid cache "${cache}": it is none, writethrough or writeback`);
  return { name, [diskType]: { bus }, serial: serial ?? name, ...(cache === undefined ? {} : { cache }) };
}

async function sourceNamed(client: Client, name: string, signal: AbortSignal): Promise<object> {
  if (await exists(client.resource(resources.dataVolumes).get(name, { signal })))
    return { dataVolume: { name, hotpluggable: true } };
  if (await exists(client.resource(resources.persistentVolumeClaims).get(name, { signal })))
    return { persistentVolumeClaim: { claimName: name, hotpluggable: true } };
  throw new VirtctlError(
    'request-failed',
    `error adding volume, Volume ${name} is not a DataVolume or PersistentVolumeClaim`,
  );
}

async function exists(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (isApiError(error, 'not-found')) return false;
    throw error;
  }
}
