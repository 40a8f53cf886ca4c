// What is to be done for a claim: a pure decision over what the API server holds, one write a pass.
//
//   (new) --protect--> --choose-class--> --reserve or provision--> reserved --name-volume--> --report--> Bound
//   Bound, volume gone or another's --report--> Lost          deleted, unused --release--> (gone)
//
// A crash between two steps leaves a state that the next pass takes up: a volume that was set aside for the claim comes
// before any other.
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '@virtkit/core-types';
import { defaultClass } from './classes.ts';
import { belongsTo, freeVolume, isFor, mismatch, reservedVolume } from './matching.ts';
import {
  claimFinalizer,
  localProvisioner,
  noProvisioner,
  storageAnnotations,
  waitForFirstConsumer,
} from './names.ts';

/** What a decision is made of: the claim and everything of the cluster that concerns it. */
export interface ClaimView {
  readonly claim: PersistentVolumeClaim;
  readonly volumes: readonly PersistentVolume[];
  readonly classes: readonly StorageClass[];
  readonly nodes: readonly Node[];
  /** The node on which this provisioner makes volumes. */
  readonly nodeName: string;
  /** Whether a Pod uses the claim, as far as is known. */
  readonly used: boolean;
}

/** Why nothing can be done now; becomes an event of the claim. */
export interface ClaimNotice {
  readonly type: 'Normal' | 'Warning';
  readonly reason:
    | 'ClaimLost'
    | 'ExternalProvisioning'
    | 'FailedBinding'
    | 'ProvisioningFailed'
    | 'VolumeMismatch'
    | 'WaitForFirstConsumer';
  readonly message: string;
}

/** The next step for a claim. */
export type ClaimStep =
  /** Nothing to do until something changes. */
  | { readonly kind: 'wait'; readonly notice?: ClaimNotice }
  | { readonly kind: 'protect' }
  /** Let it go: it is being deleted and nobody uses it. */
  | { readonly kind: 'release' }
  /** Write the default class into a claim that names none. */
  | { readonly kind: 'choose-class'; readonly name: string }
  /** Set an existing volume aside for the claim. */
  | { readonly kind: 'reserve'; readonly volume: PersistentVolume; readonly chosen: boolean }
  /** Write into the claim which volume is its own. */
  | { readonly kind: 'name-volume'; readonly volume: PersistentVolume }
  /** Make a volume. */
  | { readonly kind: 'provision'; readonly storageClass: StorageClass }
  /** Tell another provisioner that the claim is its task. */
  | { readonly kind: 'delegate'; readonly provisioner: string }
  | { readonly kind: 'report-bound'; readonly volume: PersistentVolume }
  | { readonly kind: 'report-lost'; readonly notice: ClaimNotice };

/** Plans the next step. */
export function planClaim(view: ClaimView): ClaimStep {
  const { metadata, spec } = view.claim;
  if (metadata.deletionTimestamp !== undefined) {
    const held = metadata.finalizers?.includes(claimFinalizer) === true;
    return held && !view.used ? { kind: 'release' } : { kind: 'wait' };
  }
  if (metadata.finalizers?.includes(claimFinalizer) !== true) return { kind: 'protect' };
  if (spec?.storageClassName === undefined) {
    const name = defaultClass(view.classes)?.metadata.name;
    if (name !== undefined && (spec?.volumeName ?? '') === '') return { kind: 'choose-class', name };
  }
  return (spec?.volumeName ?? '') === '' ? planUnnamed(view) : planNamed(view, spec!.volumeName!);
}

/** The claim names its volume: a user did, or an earlier pass. */
function planNamed({ claim, volumes }: ClaimView, name: string): ClaimStep {
  const completed = claim.metadata.annotations?.[storageAnnotations.bindCompleted] !== undefined;
  const volume = volumes.find(({ metadata }) => metadata.name === name);
  if (volume === undefined) {
    const message = `volume ${name} does not exist`;
    return completed ? lost(claim, `${message}; its data are gone`) : waiting('FailedBinding', message);
  }
  const reference = volume.spec?.claimRef;
  if (reference !== undefined && !isFor(reference, claim)) {
    const message = `volume ${name} belongs to another claim`;
    return completed ? lost(claim, message) : waiting('FailedBinding', message);
  }
  if (belongsTo(volume, claim)) return completed ? reported(claim, volume) : { kind: 'name-volume', volume };
  if (volume.metadata.deletionTimestamp !== undefined)
    return waiting('FailedBinding', `volume ${name} is being deleted`);
  const because = completed ? undefined : mismatch(volume, claim);
  if (because !== undefined)
    return waiting('VolumeMismatch', `volume ${name} cannot be bound: ${because}`, 'Warning');
  return { kind: 'reserve', volume, chosen: false };
}

function reported({ status }: PersistentVolumeClaim, volume: PersistentVolume): ClaimStep {
  return status?.phase === 'Bound' ? { kind: 'wait' } : { kind: 'report-bound', volume };
}

function lost({ status }: PersistentVolumeClaim, message: string): ClaimStep {
  if (status?.phase === 'Lost') return { kind: 'wait' };
  return { kind: 'report-lost', notice: { type: 'Warning', reason: 'ClaimLost', message } };
}

/** The claim leaves the choice: what was set aside for it, else what its class says. */
function planUnnamed(view: ClaimView): ClaimStep {
  const { claim, volumes, classes } = view;
  const reserved = reservedVolume(claim, volumes);
  if (reserved !== undefined) {
    if (belongsTo(reserved, claim)) return { kind: 'name-volume', volume: reserved };
    const because = mismatch(reserved, claim);
    if (because === undefined) return { kind: 'reserve', volume: reserved, chosen: false };
    const message = `volume ${reserved.metadata.name!} is meant for this claim and cannot be bound: ${because}`;
    return waiting('VolumeMismatch', message, 'Warning');
  }
  const className = claim.spec?.storageClassName ?? '';
  const storageClass = classes.find(({ metadata }) => metadata.name === className);
  const selected = claim.metadata.annotations?.[storageAnnotations.selectedNode];
  if (storageClass?.volumeBindingMode === waitForFirstConsumer && selected === undefined)
    return waiting('WaitForFirstConsumer', 'the volume is made when a Pod that uses the claim gets its node');
  const node = view.nodes.find(({ metadata }) => metadata.name === selected);
  const free = freeVolume(claim, volumes, node);
  if (free !== undefined) return { kind: 'reserve', volume: free, chosen: true };
  if (className === '')
    return waiting('FailedBinding', 'there is no volume that suits the claim, and it has no storage class');
  if (storageClass === undefined)
    return waiting('ProvisioningFailed', `storage class ${className} does not exist`, 'Warning');
  return planProvisioning(view, storageClass, selected);
}

function planProvisioning(
  { claim, nodeName }: ClaimView,
  storageClass: StorageClass,
  selected: string | undefined,
): ClaimStep {
  const { provisioner } = storageClass;
  if (provisioner === noProvisioner)
    return waiting('FailedBinding', 'there is no volume that suits the claim, and its class makes none');
  if (provisioner !== localProvisioner) {
    if (claim.metadata.annotations?.[storageAnnotations.storageProvisioner] !== provisioner)
      return { kind: 'delegate', provisioner };
    return waiting('ExternalProvisioning', `the volume is to be made by ${provisioner}`);
  }
  if (selected !== undefined && selected !== nodeName)
    return waiting(
      'ProvisioningFailed',
      `volumes are made on node ${nodeName}, not on ${selected}`,
      'Warning',
    );
  const because = notOffered(claim);
  if (because !== undefined) return waiting('ProvisioningFailed', because, 'Warning');
  return { kind: 'provision', storageClass };
}

/** What the local provisioner cannot make. */
function notOffered({ spec }: PersistentVolumeClaim): string | undefined {
  if (spec?.volumeMode === 'Block')
    return 'volumes of this class are folders: volumeMode Block is not offered, use Filesystem';
  if (spec?.dataSource !== undefined || spec?.dataSourceRef !== undefined)
    return 'volumes of this class begin empty: dataSource and dataSourceRef are not offered';
  if (spec?.selector !== undefined)
    return 'volumes are not made for claims with a selector, which asks for one that exists';
  if (spec?.volumeAttributesClassName !== undefined)
    return 'volumes of this class have no attributes that could be chosen';
  return undefined;
}

function waiting(
  reason: ClaimNotice['reason'],
  message: string,
  type: ClaimNotice['type'] = 'Normal',
): ClaimStep {
  return { kind: 'wait', notice: { type, reason, message } };
}
