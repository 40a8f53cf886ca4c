import { atomic, bool, int, list, long, map, named, obj, open, quantity, str } from '../../schema/dsl.ts';
import type { Schema } from '../../schema/types.ts';
import { FIELD_REF, RESOURCE_FIELD_REF } from './container.ts';
import { LABEL_SELECTOR, OBJECT_META } from './meta.ts';

const ITEMS = list(
  obj(
    'A key and where it goes.',
    { key: str('Key.'), path: str('Path in the volume.'), mode: int('File mode.') },
    ['key', 'path'],
  ),
  'Keys to project; all unless given.',
);

const DOWNWARD_ITEMS = list(
  obj(
    'A field and where it goes.',
    {
      path: str('Path in the volume.'),
      fieldRef: FIELD_REF,
      resourceFieldRef: RESOURCE_FIELD_REF,
      mode: int('File mode.'),
    },
    ['path'],
  ),
  'Fields to write.',
);

const PROJECTED_SOURCES = list(
  obj('One source.', {
    configMap: obj('A ConfigMap.', {
      name: str('Name.'),
      items: ITEMS,
      optional: bool('True if it may be missing.'),
    }),
    secret: obj('A Secret.', {
      name: str('Name.'),
      items: ITEMS,
      optional: bool('True if it may be missing.'),
    }),
    downwardAPI: obj('Fields of the pod.', { items: DOWNWARD_ITEMS }),
    serviceAccountToken: obj(
      'A token of the service account.',
      {
        audience: str('Recipient.'),
        expirationSeconds: long('Seconds of validity.'),
        path: str('Path in the volume.'),
      },
      ['path'],
    ),
    clusterTrustBundle: open('Trust anchors.'),
  }),
  'What is put together.',
);

/** What a PersistentVolumeClaim asks for. */
export const CLAIM_SPEC: Schema = named(
  'io.k8s.api.core.v1.PersistentVolumeClaimSpec',
  obj('The wanted storage.', {
    accessModes: list(str(), 'ReadWriteOnce, ReadOnlyMany, ReadWriteMany or ReadWriteOncePod.'),
    selector: LABEL_SELECTOR,
    resources: obj('Size.', { limits: map(quantity(), 'At most.'), requests: map(quantity(), 'At least.') }),
    volumeName: str('Name of the bound volume.'),
    storageClassName: str('Name of the StorageClass.'),
    volumeMode: str('Filesystem or Block.', { enum: ['Filesystem', 'Block'] }),
    dataSource: atomic(open('What the volume is filled from.')),
    dataSourceRef: open('What the volume is filled from, any kind.'),
    volumeAttributesClassName: str('Class of changeable attributes.'),
  }),
);

/** A volume of a pod: a name and one source. */
export const VOLUME: Schema = named('io.k8s.api.core.v1.Volume', {
  ...obj(
    'Storage that containers of the pod can mount.',
    {
      name: str('Name, unique in the pod.'),
      emptyDir: obj('Scratch space that lives as long as the pod.', {
        medium: str('Memory for a RAM disk.'),
        sizeLimit: quantity('Most that may be used.'),
      }),
      hostPath: obj('A path of the node.', { path: str('Path.'), type: str('What must be there.') }, [
        'path',
      ]),
      configMap: obj('Files from a ConfigMap.', {
        name: str('Name.'),
        items: ITEMS,
        defaultMode: int('File mode.'),
        optional: bool('True if it may be missing.'),
      }),
      secret: obj('Files from a Secret.', {
        secretName: str('Name.'),
        items: ITEMS,
        defaultMode: int('File mode.'),
        optional: bool('True if it may be missing.'),
      }),
      downwardAPI: obj('Files from fields of the pod.', {
        items: DOWNWARD_ITEMS,
        defaultMode: int('File mode.'),
      }),
      projected: obj('Several sources in one directory.', {
        sources: PROJECTED_SOURCES,
        defaultMode: int('File mode.'),
      }),
      persistentVolumeClaim: obj(
        'A PersistentVolumeClaim.',
        { claimName: str('Name.'), readOnly: bool('True if it cannot be written.') },
        ['claimName'],
      ),
      ephemeral: obj('A claim that lives as long as the pod.', {
        volumeClaimTemplate: obj('The claim.', { metadata: OBJECT_META, spec: CLAIM_SPEC }, ['spec']),
      }),
      csi: open('An ephemeral volume of a CSI driver.'),
      image: obj('The content of an image.', {
        reference: str('Image reference.'),
        pullPolicy: str('When it is pulled.'),
      }),
      nfs: obj(
        'An NFS export.',
        { server: str('Host.'), path: str('Export.'), readOnly: bool('True if it cannot be written.') },
        ['server', 'path'],
      ),
    },
    ['name'],
  ),
  // Volume plug-ins of storage vendors are kept as they are.
  'x-kubernetes-preserve-unknown-fields': true,
});
