// Names that Kubernetes' storage API gives to annotations, finalizers and values, and those of our own.

/** Provisioner of classes whose volumes are folders of this node. */
export const localProvisioner = 'virtkit.dev/local';

/** Provisioner of classes for volumes that administrators make. */
export const noProvisioner = 'kubernetes.io/no-provisioner';

/** Annotations of classes, claims and volumes (Kubernetes' storage API). */
export const storageAnnotations = {
  /** On a StorageClass: it is that of claims that name none. */
  defaultClass: 'storageclass.kubernetes.io/is-default-class',
  /** On a claim: it was bound completely; from then on its volume is not chosen anew. */
  bindCompleted: 'pv.kubernetes.io/bind-completed',
  /** On a claim or volume: the controller chose the other side, not a user. */
  boundByController: 'pv.kubernetes.io/bound-by-controller',
  /** On a volume: the provisioner that made it, and that alone may delete its data. */
  provisionedBy: 'pv.kubernetes.io/provisioned-by',
  /** On a claim: the node on which the scheduler wants its volume. */
  selectedNode: 'volume.kubernetes.io/selected-node',
  /** On a claim: the provisioner that is to make its volume. */
  storageProvisioner: 'volume.kubernetes.io/storage-provisioner',
} as const;

/** Keeps a claim while a Pod uses it. */
export const claimFinalizer = 'kubernetes.io/pvc-protection';
/** Keeps a volume while a claim is bound to it. */
export const volumeFinalizer = 'kubernetes.io/pv-protection';

export const waitForFirstConsumer = 'WaitForFirstConsumer';
