import type { AdmissionPlugin } from '@virtkit/apiserver';
import { resources, type ResourceDefinition } from '@virtkit/core-types';

const snapshots = 'snapshots of machines';
const backups = 'backups of machines';
const templates = 'templates of machines';
const images = 'imports, uploads and clones of volumes (CDI)';

/** Kinds of KubeVirt and CDI whose objects nothing would act on, with what is missing. */
const missing: ReadonlyMap<ResourceDefinition<unknown>, string> = new Map<
  ResourceDefinition<unknown>,
  string
>([
  [resources.virtualMachineInstanceMigrations, 'live migration'],
  [resources.virtualMachineSnapshots, snapshots],
  [resources.virtualMachineSnapshotContents, snapshots],
  [resources.virtualMachineRestores, snapshots],
  [resources.virtualMachineClones, 'clones of machines'],
  [resources.virtualMachineExports, 'exports of machines'],
  [resources.virtualMachineBackups, backups],
  [resources.virtualMachineBackupTrackers, backups],
  [resources.plugins, 'plugins'],
  [resources.virtualMachineTemplates, templates],
  [resources.virtualMachineTemplateRequests, templates],
  [resources.dataVolumes, images],
  [resources.dataSources, images],
  [resources.dataImportCrons, images],
  [resources.storageProfiles, images],
  [resources.cdiConfigs, images],
  [resources.cdis, images],
  [resources.objectTransfers, images],
  [resources.volumeImportSources, images],
  [resources.volumeUploadSources, images],
  [resources.volumeCloneSources, images],
  [resources.ovirtVolumePopulators, images],
  [resources.openstackVolumePopulators, images],
]);

const byName = new Map(
  [...missing].map(([{ plural, group }, what]): [string, string] => [`${plural}.${group}`, what]),
);

/** Refuses to create objects that would lie there without effect. */
export const kindsNotCarriedAdmission: AdmissionPlugin = {
  name: 'carried-kinds.virtkit.dev',
  matches: ({ group, resource, subresource }, operation) =>
    subresource === undefined && operation === 'CREATE' && byName.has(`${resource}.${group}`),
  validate: ({ resource: { resource, group } }) => {
    const name = `${resource}.${group}`;
    return {
      denied: {
        code: 501,
        reason: 'NotImplemented',
        message: `${byName.get(name) ?? name} (${name}) are not carried by this version of Virtkit`,
      },
    };
  },
};
