import { describe, expect, it } from 'vitest';
import { crdCatalogue, resources } from '@virtkit/core-types';

/**
 * How each kind is served. A version ends in `*` when it is the stored one and in `!` when it is deprecated; the main
 * version comes first. `all` means the category, `cluster` that the kind has no namespace.
 */
const kinds: Readonly<Record<string, string>> = {
  'virtualmachines.kubevirt.io': 'VirtualMachine v1* v1alpha3! | vm vms | all status',
  'virtualmachineinstances.kubevirt.io': 'VirtualMachineInstance v1* v1alpha3! | vmi vmis | all',
  'virtualmachineinstancepresets.kubevirt.io':
    'VirtualMachineInstancePreset v1! v1alpha3*! | vmipreset vmipresets | all',
  'virtualmachineinstancereplicasets.kubevirt.io':
    'VirtualMachineInstanceReplicaSet v1* v1alpha3! | vmirs vmirss | all status scale',
  'virtualmachineinstancemigrations.kubevirt.io':
    'VirtualMachineInstanceMigration v1* v1alpha3! | vmim vmims | all status',
  'kubevirts.kubevirt.io': 'KubeVirt v1* v1alpha3! | kv kvs | all status',
  'virtualmachinepools.pool.kubevirt.io':
    'VirtualMachinePool v1beta1* v1alpha1 | vmpool vmpools | all status scale',
  'virtualmachinesnapshots.snapshot.kubevirt.io':
    'VirtualMachineSnapshot v1beta1* v1alpha1 | vmsnapshot vmsnapshots | all status',
  'virtualmachinesnapshotcontents.snapshot.kubevirt.io':
    'VirtualMachineSnapshotContent v1beta1* v1alpha1 | vmsnapshotcontent vmsnapshotcontents | all status',
  'virtualmachinerestores.snapshot.kubevirt.io':
    'VirtualMachineRestore v1beta1* v1alpha1 | vmrestore vmrestores | all status',
  'virtualmachineexports.export.kubevirt.io':
    'VirtualMachineExport v1* v1beta1! | vmexport vmexports | all status',
  'virtualmachinebackups.backup.kubevirt.io':
    'VirtualMachineBackup v1alpha1* | vmbackup vmbackups | all status',
  'virtualmachinebackuptrackers.backup.kubevirt.io':
    'VirtualMachineBackupTracker v1alpha1* | vmbackuptracker vmbackuptrackers | all status',
  'virtualmachineinstancetypes.instancetype.kubevirt.io':
    'VirtualMachineInstancetype v1beta1* | vminstancetype vminstancetypes vmf vmfs | all',
  'virtualmachineclusterinstancetypes.instancetype.kubevirt.io':
    'VirtualMachineClusterInstancetype v1beta1* | vmclusterinstancetype vmclusterinstancetypes vmcf vmcfs | cluster',
  'virtualmachinepreferences.instancetype.kubevirt.io':
    'VirtualMachinePreference v1beta1* | vmpref vmprefs vmp vmps | all',
  'virtualmachineclusterpreferences.instancetype.kubevirt.io':
    'VirtualMachineClusterPreference v1beta1* | vmcp vmcps | cluster',
  'migrationpolicies.migrations.kubevirt.io': 'MigrationPolicy v1alpha1* | | cluster status',
  'virtualmachineclones.clone.kubevirt.io':
    'VirtualMachineClone v1beta1* v1alpha1 | vmclone vmclones | all status',
  'plugins.plugin.kubevirt.io': 'Plugin v1alpha1* | | cluster',
  'virtualmachinetemplates.template.kubevirt.io':
    'VirtualMachineTemplate v1beta1 v1alpha1*! | vmt vmts | status',
  'virtualmachinetemplaterequests.template.kubevirt.io':
    'VirtualMachineTemplateRequest v1beta1 v1alpha1*! | vmtr vmtrs | status',
  'datavolumes.cdi.kubevirt.io': 'DataVolume v1beta1* | dv dvs | all status',
  'datasources.cdi.kubevirt.io': 'DataSource v1beta1* | das | all',
  'dataimportcrons.cdi.kubevirt.io': 'DataImportCron v1beta1* | dic dics | all',
  'storageprofiles.cdi.kubevirt.io': 'StorageProfile v1beta1* | | cluster status',
  'cdiconfigs.cdi.kubevirt.io': 'CDIConfig v1beta1* | | cluster',
  'cdis.cdi.kubevirt.io': 'CDI v1beta1* v1alpha1 | cdi cdis | cluster',
  'objecttransfers.cdi.kubevirt.io': 'ObjectTransfer v1beta1* | ot ots | cluster status',
  'volumeimportsources.cdi.kubevirt.io': 'VolumeImportSource v1beta1* | |',
  'volumeuploadsources.cdi.kubevirt.io': 'VolumeUploadSource v1beta1* | |',
  'volumeclonesources.cdi.kubevirt.io': 'VolumeCloneSource v1beta1* | |',
  'ovirtvolumepopulators.forklift.cdi.kubevirt.io': 'OvirtVolumePopulator v1beta1* | ovvp ovvps | status',
  'openstackvolumepopulators.forklift.cdi.kubevirt.io':
    'OpenstackVolumePopulator v1beta1* | osvp osvps | status',
};

/** Columns of `kubectl get` after the name. A column is text unless its type follows it. */
const columns: Readonly<Record<string, string>> = {
  VirtualMachine: 'Age(date), Status, Ready',
  VirtualMachineInstance: 'Age(date), Phase, IP, NodeName, Ready, Live-Migratable(1), Paused(1)',
  VirtualMachineInstanceReplicaSet: 'Desired(integer), Current(integer), Ready(integer), Age(date)',
  VirtualMachineInstanceMigration: 'Phase, VMI',
  KubeVirt: 'Age(date), Phase',
  VirtualMachinePool: 'Desired(integer), Current(integer), Ready(integer), Age(date)',
  VirtualMachineSnapshot: 'SourceKind, SourceName, Phase, ReadyToUse(boolean), CreationTime(date), Error',
  VirtualMachineSnapshotContent: 'ReadyToUse(boolean), CreationTime(date), Error',
  VirtualMachineRestore: 'TargetKind, TargetName, Complete(boolean), RestoreTime(date)',
  VirtualMachineExport: 'SourceKind, SourceName, Phase',
  VirtualMachineBackup: 'SourceKind, SourceName, Type, CheckpointName',
  VirtualMachineBackupTracker: 'SourceKind, SourceName, LatestCheckpoint, CheckpointTime(date)',
  VirtualMachineClone: 'Phase, SourceVirtualMachine, TargetVirtualMachine',
  VirtualMachineTemplate: 'Age(date), Ready',
  VirtualMachineTemplateRequest: 'Template, Age(date), Ready, Progressing',
  DataVolume: 'Phase, Progress, Restarts(integer), Age(date)',
  DataImportCron: 'Format',
  CDI: 'Age(date), Phase',
  ObjectTransfer: 'Age(date), Phase',
};

const catalogue = crdCatalogue();

/** In the notation above. */
function described({ spec }: (typeof catalogue)[number]): string {
  const { names, versions, scope } = spec;
  const marked = versions.map(
    ({ name, storage, deprecated }) => `${name}${storage ? '*' : ''}${deprecated === true ? '!' : ''}`,
  );
  const { status, scale } = versions[0]!.subresources ?? {};
  const properties = [
    scope === 'Cluster' && 'cluster',
    names.categories?.includes('all') && 'all',
    status && 'status',
    scale && 'scale',
  ].filter((word) => typeof word === 'string');
  return [[names.kind, ...marked].join(' '), names.shortNames?.join(' ') ?? '', properties.join(' ')].join(
    ' | ',
  );
}

/** Without doubled and outer blanks, which empty parts leave. */
const tidy = (text: string): string => text.replaceAll(/ +/g, ' ').trim();

describe('kinds are served as KubeVirt and CDI serve them', () => {
  it.each(catalogue)('$metadata.name', (definition) => {
    expect(tidy(described(definition))).toBe(kinds[definition.metadata.name!]);
  });

  it('all of them', () => {
    expect(catalogue.map(({ metadata }) => metadata.name).sort()).toEqual(Object.keys(kinds).sort());
  });

  it.each(catalogue)('$spec.names.kind has its columns in every version', ({ spec }) => {
    for (const { additionalPrinterColumns } of spec.versions) {
      const shown = additionalPrinterColumns?.map(({ name, type, priority }) => {
        const note = type === 'string' ? (priority ?? 0) || '' : type;
        return note === '' ? name : `${name}(${note})`;
      });
      expect(shown?.join(', ')).toBe(columns[spec.names.kind]);
    }
  });

  it('older versions lack what was added since', () => {
    const lacking = (kind: string): string[] => {
      const versions = catalogue.find(({ spec }) => spec.names.kind === kind)!.spec.versions;
      const [now, old] = versions.map(({ schema }) => {
        const root = schema!.openAPIV3Schema as { properties: { spec: { properties: object } } };
        return Object.keys(root.properties.spec.properties);
      });
      return now!.filter((name) => !old!.includes(name));
    };
    expect(lacking('VirtualMachineRestore')).toEqual([
      'targetReadinessPolicy',
      'volumeOwnershipPolicy',
      'volumeRestoreOverrides',
      'volumeRestorePolicy',
    ]);
    expect(lacking('VirtualMachineClone')).toEqual(['patches', 'volumeNamePolicy']);
    expect(lacking('VirtualMachineSnapshot')).toEqual([]);
  });

  it('tokens for uploads are asked of an API server of their own', () => {
    expect(resources.uploadTokenRequests).toMatchObject({ aggregated: true, shortNames: ['utr', 'utrs'] });
  });
});
