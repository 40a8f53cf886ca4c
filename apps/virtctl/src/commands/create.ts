import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Command, Option, type OptionValues } from 'commander';
import { stringify } from 'yaml';
import { VirtctlError } from '../errors.ts';
import { cloneManifest, type CloneFlags } from '../manifests/clone.ts';
import {
  instancetypeManifest,
  preferenceManifest,
  type InstancetypeFlags,
  type PreferenceFlags,
} from '../manifests/instancetype.ts';
import { machineManifest, type MachineFlags, type ManifestFacts } from '../manifests/machine/build.ts';
import { wholeNumber } from '../arguments/numbers.ts';
import { required, repeatable, switchable } from '../arguments/options.ts';
import { note, type Session } from '../session.ts';
import { createCommand, type CommandShape } from './command.ts';

/** `virtctl create`: manifests on standard output; nothing is sent to the cluster. */
export function createManifestCommand(session: Session): Command {
  return new Command('create')
    .summary('Print the manifest of a new object')
    .description('Prints the manifest of a new object; nothing is sent to the cluster.')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addCommand(machineCommand(session))
    .addCommand(instancetypeCommand(session))
    .addCommand(preferenceCommand(session))
    .addCommand(cloneCommand(session));
}

type Shape<Flags extends OptionValues> = Pick<
  CommandShape<Flags>,
  'name' | 'summary' | 'flags' | 'examples'
> & {
  readonly manifest: (
    flags: Flags,
    facts: ManifestFacts,
    user: string | undefined,
  ) => object | Promise<object>;
};

function manifestCommand<Flags extends OptionValues>(session: Session, shape: Shape<Flags>): Command {
  const { manifest, ...rest } = shape;
  return createCommand<Flags>(
    {
      ...rest,
      operands: '',
      count: { exactly: 0 },
      async run({ flags, globals }) {
        const facts: ManifestFacts = { namespace: globals.namespace, suffix: randomSuffix };
        const object = await manifest(flags, facts, globals.user);
        session.output.write(stringify(object, { lineWidth: 0 }));
      },
    },
    session,
  );
}

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** Five letters and digits that spell no word. */
function randomSuffix(): string {
  return Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
}

interface MachineCommandFlags extends Omit<MachineFlags, 'user' | 'password'> {
  readonly passwordFile?: string;
}

/** Flags for one kind of imported volume each, and the kind. */
const deprecated = [
  ['volumeDatasource', '--volume-datasource', 'ds'],
  ['volumeClonePvc', '--volume-clone-pvc', 'pvc'],
  ['volumeBlank', '--volume-blank', 'blank'],
] as const;

function machineCommand(session: Session): Command {
  return manifestCommand<MachineCommandFlags>(session, {
    name: 'vm',
    summary: 'Print the manifest of a virtual machine',
    flags: [
      new Option('--name <name>', 'its name (default: vm- and five letters)'),
      new Option(
        '--run-strategy <strategy>',
        'Always, Manual, Halted, Once or RerunOnFailure (default: Always)',
      ),
      new Option(
        '--termination-grace-period <seconds>',
        'time that the guest has to shut down (default: 180)',
      ).argParser(wholeNumber('termination-grace-period', 0)),
      new Option('--memory <size>', 'memory of the guest (default: 512Mi)'),
      new Option('--instancetype <reference>', '[KIND/]NAME of an instance type'),
      switchable('--infer-instancetype', 'infer the instance type from the volume that is booted from'),
      new Option('--infer-instancetype-from <volume>', 'infer the instance type from this volume'),
      new Option('--preference <reference>', '[KIND/]NAME of a preference'),
      switchable('--infer-preference', 'infer the preference from the volume that is booted from'),
      new Option('--infer-preference-from <volume>', 'infer the preference from this volume'),
      repeatable('--volume-containerdisk <params>', 'src,name,bootorder'),
      repeatable('--volume-pvc <params>', 'src,name,bootorder'),
      repeatable('--volume-import <params>', 'type,name,size,bootorder and what the type has'),
      repeatable('--volume-datasource <params>', 'deprecated: --volume-import type:ds').hideHelp(),
      repeatable('--volume-clone-pvc <params>', 'deprecated: --volume-import type:pvc').hideHelp(),
      repeatable('--volume-blank <params>', 'deprecated: --volume-import type:blank').hideHelp(),
      new Option('--volume-sysprep <params>', 'src,type: answer files for Windows'),
      new Option('--password-file <file>', "file with the password of the guest's user (--user)"),
      repeatable('--ssh-key <key>', 'public key of the user', ','),
      new Option('--ga-manage-ssh', 'let the guest agent manage SSH keys'),
      repeatable('--access-cred <params>', 'type,src,method,user: keys or password from a Secret'),
      new Option('--cloud-init <source>', 'nocloud, configdrive or none (default: nocloud)'),
      new Option('--cloud-init-user-data <base64>', 'user data'),
      new Option('--cloud-init-network-data <base64>', 'network data'),
    ],
    examples: [
      'virtctl create vm --name web --volume-containerdisk src:quay.io/containerdisks/fedora:latest | kubectl create -f -',
      'virtctl create vm --instancetype u1.small --preference fedora --volume-import type:ds,src:os-images/fedora',
    ],
    async manifest({ passwordFile, ...flags }, facts, user) {
      for (const [key, flag, type] of deprecated)
        if (flags[key] !== undefined)
          note(session, `Flag ${flag} has been deprecated, use --volume-import type:${type}`);
      const password = passwordFile === undefined ? undefined : await readPassword(passwordFile);
      if (password !== undefined) note(session, 'WARNING: the password stands in the manifest in clear text');
      return machineManifest({ ...flags, user, password }, facts);
    },
  });
}

async function readPassword(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trimEnd();
  } catch (cause) {
    throw new VirtctlError('local-resource', `cannot read the password file ${file}`, { cause });
  }
}

function instancetypeCommand(session: Session): Command {
  return manifestCommand<InstancetypeFlags & OptionValues>(session, {
    name: 'instancetype',
    summary: 'Print the manifest of an instance type',
    flags: [
      required('--cpu <count>', 'virtual CPUs of the guest'),
      required('--memory <size>', 'memory of the guest'),
      new Option('--name <name>', 'its name (default: made up)'),
      new Option('--namespaced', 'of one namespace instead of the whole cluster'),
      repeatable('--gpu <params>', 'name,devicename'),
      repeatable('--hostdevice <params>', 'name,devicename'),
      new Option('--iothreadspolicy <policy>', 'auto or shared'),
    ],
    examples: ['virtctl create instancetype --cpu 2 --memory 1Gi --name small'],
    manifest(flags, facts) {
      requireFlags(flags, ['cpu', 'memory']);
      return instancetypeManifest(flags, facts);
    },
  });
}

function preferenceCommand(session: Session): Command {
  return manifestCommand<PreferenceFlags & OptionValues>(session, {
    name: 'preference',
    summary: 'Print the manifest of a preference',
    flags: [
      new Option('--name <name>', 'its name (default: made up)'),
      new Option('--namespaced', 'of one namespace instead of the whole cluster'),
      new Option('--volume-storage-class <name>', 'storage class of volumes'),
      new Option('--machine-type <type>', 'machine type'),
      new Option('--cpu-topology <topology>', 'sockets, cores, threads or spread'),
    ],
    manifest: preferenceManifest,
  });
}

function cloneCommand(session: Session): Command {
  return manifestCommand<CloneFlags & OptionValues>(session, {
    name: 'clone',
    summary: 'Print the manifest of a clone',
    flags: [
      required('--source-name <name>', 'what to clone'),
      new Option('--name <name>', 'name of the clone object (default: made up)'),
      new Option('--target-name <name>', 'name of the new machine (default: made up by the server)'),
      new Option('--source-type <type>', 'vm or snapshot (default: vm)'),
      new Option('--target-type <type>', 'vm'),
      repeatable('--label-filter <pattern>', 'labels that are copied'),
      repeatable('--annotation-filter <pattern>', 'annotations that are copied'),
      repeatable('--template-label-filter <pattern>', 'labels of the template that are copied'),
      repeatable('--template-annotation-filter <pattern>', 'annotations of the template that are copied'),
      repeatable('--new-mac-address <address>', 'INTERFACE:MAC, the address with dashes'),
      new Option('--new-smbios-serial <serial>', 'serial number of the new machine'),
    ],
    manifest(flags, facts) {
      requireFlags(flags, ['sourceName']);
      return cloneManifest(flags, facts);
    },
  });
}

/** @throws VirtctlError `usage` in the words that users of virtctl know */
function requireFlags(flags: object, names: readonly string[]): void {
  const missing = names.filter((name) => !(name in flags));
  if (missing.length === 0) return;
  const written = missing.map(
    (name) => `"${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}"`,
  );
  throw new VirtctlError('usage', `required flag(s) ${written.join(', ')} not set`);
}
