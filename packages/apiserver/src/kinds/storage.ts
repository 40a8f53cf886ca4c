import { elementsOf, membersOf, stringOf } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { atomic, bool, list, map, mergeList, obj, open, quantity, str } from '../schema/dsl.ts';
import { ageColumn, nameColumn, textColumn } from '../table/common-columns.ts';
import { builtin, objectSchema } from './builtin.ts';
import { CONDITION } from './schemas/meta.ts';
import { CLAIM_SPEC } from './schemas/volume.ts';
import {
  validateClaim,
  validateClaimUpdate,
  validateClass,
  validateClassUpdate,
  validateVolume,
  validateVolumeUpdate,
} from './storage-rules.ts';

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';
const MODE_SHORT: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** PersistentVolumeClaim, PersistentVolume and StorageClass. */
export function storageKinds(): ResourceDefinition[] {
  return [claim(), volume(), storageClass()];
}

function modes(value: unknown): string {
  return elementsOf(value)
    .map((mode) => MODE_SHORT[stringOf(mode)] ?? stringOf(mode))
    .join(',');
}

function text(value: unknown): string {
  return typeof value === 'number' ? String(value) : stringOf(value);
}

/** Schema of PersistentVolumeClaim; also used in templates. */
export const CLAIM_SCHEMA = objectSchema('Asks for storage.', {
  spec: CLAIM_SPEC,
  status: {
    ...obj('Observed state.', {
      phase: str('Pending, Bound or Lost.'),
      accessModes: list(str(), 'Access modes of the volume.'),
      capacity: map(quantity(), 'Size of the volume.'),
      conditions: mergeList(
        { ...CONDITION, definitionName: undefined, 'x-kubernetes-preserve-unknown-fields': true },
        'type',
        'Conditions.',
      ),
    }),
    'x-kubernetes-preserve-unknown-fields': true,
  },
});

function claim(): ResourceDefinition {
  return builtin({
    group: '',
    version: 'v1',
    kind: 'PersistentVolumeClaim',
    resource: 'persistentvolumeclaims',
    answersDeleted: true,
    shortNames: ['pvc'],
    namespaced: true,
    status: true,
    schema: CLAIM_SCHEMA,
    columns: [
      nameColumn(),
      textColumn('Status', 'Phase.', phase),
      textColumn('Volume', 'Bound volume.', (pvc) => stringOf(membersOf(pvc.spec).volumeName)),
      textColumn('Capacity', 'Size.', (pvc) => text(membersOf(membersOf(pvc.status).capacity).storage)),
      textColumn('Access Modes', 'Access modes.', (pvc) => modes(membersOf(pvc.status).accessModes)),
      textColumn('StorageClass', 'Class.', (pvc) => stringOf(membersOf(pvc.spec).storageClassName)),
      textColumn('VolumeAttributesClass', 'Attributes class.', (pvc) =>
        stringOf(membersOf(pvc.spec).volumeAttributesClassName, '<unset>'),
      ),
      ageColumn(),
      textColumn(
        'VolumeMode',
        'Filesystem or Block.',
        (pvc) => stringOf(membersOf(pvc.spec).volumeMode, '<unset>'),
        1,
      ),
    ],
    strategy: {
      prepareForCreate: (pvc) => {
        pvc.status = { phase: 'Pending' };
      },
      applyDefaults: applyClaimDefaults,
      validate: validateClaim,
      validateUpdate: validateClaimUpdate,
    },
  });
}

/** Fills in the defaults of a claim, in place. */
export function applyClaimDefaults({ spec }: Readonly<Record<string, unknown>>): void {
  membersOf(spec).volumeMode ??= 'Filesystem';
}

function phase(object: KubeObject): string {
  return object.metadata.deletionTimestamp === undefined
    ? stringOf(membersOf(object.status).phase)
    : 'Terminating';
}

function volume(): ResourceDefinition {
  return builtin({
    group: '',
    version: 'v1',
    kind: 'PersistentVolume',
    resource: 'persistentvolumes',
    answersDeleted: true,
    shortNames: ['pv'],
    namespaced: false,
    status: true,
    schema: objectSchema('A piece of storage.', {
      spec: {
        // Sources of all storage drivers are kept as they are.
        ...obj('Desired state.', {
          capacity: map(quantity(), 'Size.'),
          accessModes: list(str(), 'Access modes.'),
          claimRef: { ...open('The bound claim.') },
          persistentVolumeReclaimPolicy: str('Retain, Delete or Recycle.'),
          storageClassName: str('Name of the StorageClass.'),
          volumeMode: str('Filesystem or Block.'),
          mountOptions: list(str(), 'Mount options.'),
          nodeAffinity: obj('Nodes that can reach the volume.', {
            required: atomic(open('What the node must be.')),
          }),
        }),
        'x-kubernetes-preserve-unknown-fields': true,
      },
      status: open('Observed state.'),
    }),
    columns: [
      nameColumn(),
      textColumn('Capacity', 'Size.', (pv) => text(membersOf(membersOf(pv.spec).capacity).storage)),
      textColumn('Access Modes', 'Access modes.', (pv) => modes(membersOf(pv.spec).accessModes)),
      textColumn('Reclaim Policy', 'What happens after release.', (pv) =>
        stringOf(membersOf(pv.spec).persistentVolumeReclaimPolicy),
      ),
      textColumn('Status', 'Phase.', phase),
      textColumn('Claim', 'Bound claim.', (pv) => {
        const { namespace, name } = membersOf(membersOf(pv.spec).claimRef);
        return name === undefined ? '' : `${stringOf(namespace)}/${stringOf(name)}`;
      }),
      textColumn('StorageClass', 'Class.', (pv) => stringOf(membersOf(pv.spec).storageClassName)),
      textColumn('Reason', 'Reason for the phase.', (pv) => stringOf(membersOf(pv.status).reason)),
      ageColumn(),
    ],
    strategy: {
      prepareForCreate: (pv) => {
        pv.status = { phase: 'Pending' };
      },
      applyDefaults: (pv) => {
        const spec = membersOf(pv.spec);
        spec.volumeMode ??= 'Filesystem';
        spec.persistentVolumeReclaimPolicy ??= 'Retain';
      },
      validate: validateVolume,
      validateUpdate: validateVolumeUpdate,
    },
  });
}

function storageClass(): ResourceDefinition {
  return builtin({
    group: 'storage.k8s.io',
    version: 'v1',
    kind: 'StorageClass',
    resource: 'storageclasses',
    answersDeleted: true,
    shortNames: ['sc'],
    namespaced: false,
    schema: objectSchema(
      'A way in which storage is provided.',
      {
        provisioner: str('Who provides it.'),
        parameters: map(str(), 'Settings for the provisioner.'),
        reclaimPolicy: str('Retain or Delete.'),
        volumeBindingMode: str('Immediate or WaitForFirstConsumer.'),
        allowVolumeExpansion: bool('True if volumes can grow.'),
        mountOptions: list(str(), 'Mount options.'),
        allowedTopologies: list(open(), 'Where volumes can be.'),
      },
      ['provisioner'],
    ),
    columns: [
      {
        ...nameColumn(),
        cell: ({ metadata }) =>
          `${metadata.name ?? ''}${metadata.annotations?.[DEFAULT_CLASS] === 'true' ? ' (default)' : ''}`,
      },
      textColumn('Provisioner', 'Who provides it.', (sc) => stringOf(sc.provisioner)),
      textColumn('ReclaimPolicy', 'What happens after release.', (sc) => stringOf(sc.reclaimPolicy)),
      textColumn('VolumeBindingMode', 'When volumes are bound.', (sc) => stringOf(sc.volumeBindingMode)),
      textColumn('AllowVolumeExpansion', 'Whether volumes can grow.', (sc) =>
        String(sc.allowVolumeExpansion === true),
      ),
      ageColumn(),
    ],
    strategy: {
      applyDefaults: (sc) => {
        sc.reclaimPolicy ??= 'Delete';
        sc.volumeBindingMode ??= 'Immediate';
      },
      validate: validateClass,
      validateUpdate: validateClassUpdate,
    },
  });
}
