import { runStrategies, type Disk, type VirtualMachine } from '@virtkit/core-types';
import { VirtctlError } from '../../errors.ts';
import { flagError } from '../parameters.ts';
import { accessCredential, cloudConfig, cloudInitVolume, parseCloudInit, sourceWith } from './cloud-init.ts';
import { importedVolume } from './import.ts';
import { planReference } from './references.ts';
import { checkVolumes, claimVolume, containerDisk, sysprepVolume, type PlannedVolume } from './volume.ts';

/** The flags of `create vm`, as written; absent ones were not given. */
export interface MachineFlags {
  readonly name?: string | undefined;
  readonly runStrategy?: string | undefined;
  readonly terminationGracePeriod?: number | undefined;
  readonly memory?: string | undefined;
  readonly instancetype?: string | undefined;
  readonly inferInstancetype?: boolean | undefined;
  readonly inferInstancetypeFrom?: string | undefined;
  readonly preference?: string | undefined;
  readonly inferPreference?: boolean | undefined;
  readonly inferPreferenceFrom?: string | undefined;
  readonly volumeContainerdisk?: readonly string[] | undefined;
  readonly volumePvc?: readonly string[] | undefined;
  readonly volumeImport?: readonly string[] | undefined;
  readonly volumeSysprep?: string | undefined;
  readonly volumeDatasource?: readonly string[] | undefined;
  readonly volumeClonePvc?: readonly string[] | undefined;
  readonly volumeBlank?: readonly string[] | undefined;
  readonly user?: string | undefined;
  /** The content of `--password-file`. */
  readonly password?: string | undefined;
  readonly sshKey?: readonly string[] | undefined;
  readonly gaManageSsh?: boolean | undefined;
  readonly accessCred?: readonly string[] | undefined;
  readonly cloudInit?: string | undefined;
  readonly cloudInitUserData?: string | undefined;
  readonly cloudInitNetworkData?: string | undefined;
}

/** What a manifest takes beside the flags. */
export interface ManifestFacts {
  /** Where the manifest is to be created, when that was said. */
  readonly namespace?: string | undefined;
  /** Makes the end of a name that was not given: five letters or digits. */
  readonly suffix: () => string;
}

const defaultMemory = '512Mi';
const defaultGraceSeconds = 180;

/** The manifest of a virtual machine (KubeVirt virtctl: create vm). @throws VirtctlError `usage` naming the flag at fault */
export function machineManifest(flags: MachineFlags, facts: ManifestFacts): VirtualMachine {
  const name = flags.name ?? `vm-${facts.suffix()}`;
  exclude(flags, ['memory', 'instancetype', 'inferInstancetype', 'inferInstancetypeFrom']);
  exclude(flags, ['preference', 'inferPreference', 'inferPreferenceFrom']);
  for (const other of ['user', 'password', 'sshKey', 'gaManageSsh'] as const)
    exclude(flags, ['cloudInitUserData', other]);
  const disks = diskVolumes(name, flags, facts);
  const instancetype = planReference(
    'instancetype',
    { reference: flags.instancetype, infer: flags.inferInstancetype, inferFrom: flags.inferInstancetypeFrom },
    disks,
    flags.memory === undefined,
  );
  const preference = planReference(
    'preference',
    { reference: flags.preference, infer: flags.inferPreference, inferFrom: flags.inferPreferenceFrom },
    disks,
    true,
  );
  const access = accessParts(flags);
  const planned = [
    ...disks,
    ...(flags.volumeSysprep === undefined ? [] : [sysprepVolume(flags.volumeSysprep)]),
    ...(access.volume === undefined ? [] : [{ volume: access.volume, bootOrder: undefined }]),
  ];
  checkVolumes(planned);
  const templates = planned.flatMap(({ template }) => template ?? []);
  const ordered = disksOf(planned);
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'VirtualMachine',
    metadata: { name, ...(facts.namespace === undefined ? {} : { namespace: facts.namespace }) },
    spec: {
      ...(templates.length === 0 ? {} : { dataVolumeTemplates: templates }),
      ...(instancetype.matcher === undefined ? {} : { instancetype: instancetype.matcher }),
      ...(preference.matcher === undefined ? {} : { preference: preference.matcher }),
      runStrategy: runStrategyOf(flags.runStrategy ?? 'Always'),
      template: {
        spec: {
          ...(access.credentials.length === 0 ? {} : { accessCredentials: access.credentials }),
          domain: {
            devices: ordered.length === 0 ? {} : { disks: ordered },
            ...(instancetype.explicit ? {} : { memory: { guest: memoryOf(flags.memory) } }),
          },
          terminationGracePeriodSeconds: flags.terminationGracePeriod ?? defaultGraceSeconds,
          ...(planned.length === 0 ? {} : { volumes: planned.map(({ volume }) => volume) }),
        },
      },
    },
  };
}

/** @throws VirtctlError `usage` when more than one of the flags was given */
function exclude(flags: MachineFlags, names: readonly (keyof MachineFlags)[]): void {
  const set = names.filter((name) => flags[name] !== undefined);
  if (set.length < 2) return;
  const written = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const list = (of: readonly string[]) => of.map(written).join(' ');
  throw new VirtctlError(
    'usage',
    `if any flags in the group [${list(names)}] are set none of the others can be; [${list(set)}] were all set`,
  );
}

function runStrategyOf(text: string): string {
  const creatable = runStrategies.filter((strategy) => strategy !== 'WaitAsReceiver');
  const strategy = creatable.find((known) => known.toLowerCase() === text.toLowerCase());
  if (strategy !== undefined) return strategy;
  throw flagError('run-strategy', `invalid run strategy "${text}": it is ${creatable.join(', ')}`);
}

function memoryOf(text = defaultMemory): string {
  if (!/^\d+(\.\d+)?([KMGTPE]i|[kMGTPE])?$/.test(text)) throw flagError('memory', `invalid size "${text}"`);
  return text;
}

/** Disks of the machine, in the order in which they boot where nothing else is said. */
function diskVolumes(machine: string, flags: MachineFlags, facts: ManifestFacts): PlannedVolume[] {
  const { suffix } = facts;
  const imported = (texts: readonly string[] | undefined, flag?: string, type?: string) =>
    (texts ?? []).map((text) => importedVolume(text, suffix, flag, type));
  return [
    ...(flags.volumeContainerdisk ?? []).map((text, index) => containerDisk(machine, text, index)),
    ...(flags.volumePvc ?? []).map((text) => claimVolume(text)),
    ...imported(flags.volumeDatasource, 'volume-datasource', 'ds'),
    ...imported(flags.volumeClonePvc, 'volume-clone-pvc', 'pvc'),
    ...imported(flags.volumeBlank, 'volume-blank', 'blank'),
    ...imported(flags.volumeImport),
  ];
}

/** Only what has a place in the boot order needs a disk of its own; the server adds the others. */
function disksOf(volumes: readonly PlannedVolume[]): Disk[] {
  return volumes.flatMap(({ volume, bootOrder }) =>
    bootOrder === undefined ? [] : [{ name: volume.name, bootOrder }],
  );
}

function accessParts(flags: MachineFlags) {
  const credentials = (flags.accessCred ?? []).map((text) => accessCredential(text, flags.user));
  const asked = flags.cloudInit === undefined ? undefined : parseCloudInit(flags.cloudInit);
  const agentAccess = flags.gaManageSsh === true || credentials.some((one) => one.needsAgentAccess);
  const userData =
    flags.cloudInitUserData === undefined
      ? cloudConfig({
          user: flags.user,
          password: flags.password,
          sshKeys: flags.sshKey ?? [],
          gaManageSsh: agentAccess,
        })
      : undefined;
  const volume = cloudInitVolume(sourceWith(asked, credentials), {
    userData,
    userDataBase64: flags.cloudInitUserData,
    networkDataBase64: flags.cloudInitNetworkData,
  });
  return { credentials: credentials.map(({ credential }) => credential), volume };
}
