// Which instance type or preference goes with a disk: labels of the volume, or of what it was made from.
import type {
  DataVolumeImportSource,
  DataVolumeSourceRef,
  DataVolumeSpec,
  ObjectMeta,
  VirtualMachine,
  VirtualMachineSpec,
  Volume,
} from '@virtkit/core-types';
import type { ReferenceMatcher, ReferenceRole } from './references.ts';

/** An object whose labels may tell. */
export interface Labelled {
  readonly metadata: Pick<ObjectMeta, 'labels'>;
}

/** A DataVolume, as far as inference reads it. */
export interface LabelledDataVolume extends Labelled {
  readonly spec?: Pick<DataVolumeSpec, 'source' | 'sourceRef'> | undefined;
}

/** A DataSource, as far as inference reads it. */
export interface LabelledDataSource extends Labelled {
  readonly spec?:
    { readonly source?: Pick<DataVolumeImportSource, 'pvc' | 'snapshot'> | undefined } | undefined;
}

/** Where inference looks; each answers undefined when there is no such object and throws when it cannot tell. */
export interface InferenceLookup {
  /** A claim (Kubernetes `v1`). */
  persistentVolumeClaim(namespace: string, name: string): Promise<Labelled | undefined>;
  /** A DataVolume of CDI. */
  dataVolume(namespace: string, name: string): Promise<LabelledDataVolume | undefined>;
  /** A DataSource of CDI. */
  dataSource(namespace: string, name: string): Promise<LabelledDataSource | undefined>;
  /** A VolumeSnapshot (`snapshot.storage.k8s.io/v1`). */
  volumeSnapshot(namespace: string, name: string): Promise<Labelled | undefined>;
}

/** The machine with its matchers filled in, or why that is not possible; the request is then refused as a whole (HTTP 400). */
export type Inferred =
  { readonly ok: true; readonly machine: VirtualMachine } | { readonly ok: false; readonly message: string };

/** What a volume told: a name, or a reason that `inferFromVolumeFailurePolicy: Ignore` forgives or not. */
type Told =
  | { readonly kind: 'told'; readonly name: string; readonly kindName: string | undefined }
  | { readonly kind: 'silent'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Fills in the matchers that name a volume (KubeVirt defaulting, inference), for the instance type first: each becomes a name
 * and, where the volume tells one, a kind. With the policy `Ignore`, a volume that tells nothing leaves no matcher at all, and one
 * that tells an instance type leaves the memory of the template to it.
 *
 * A lookup that throws is a reason to refuse, too.
 */
export async function inferReferences(machine: VirtualMachine, lookup: InferenceLookup): Promise<Inferred> {
  const first = await inferReference('instancetype', machine, lookup);
  return first.ok ? inferReference('preference', first.machine, lookup) : first;
}

async function inferReference(
  role: ReferenceRole,
  machine: VirtualMachine,
  lookup: InferenceLookup,
): Promise<Inferred> {
  const matcher = machine.spec[role];
  if (!matcher?.inferFromVolume) return { ok: true, machine };
  const ignore = matcher.inferFromVolumeFailurePolicy === 'Ignore';
  const told = await ask(new Inference(role, machine.metadata.namespace ?? '', lookup), machine, matcher);
  switch (told.kind) {
    case 'told': {
      const { name, kindName } = told;
      const spec = ignore && role === 'instancetype' ? withoutMemory(machine.spec) : machine.spec;
      const found = { name, ...(kindName === undefined ? {} : { kind: kindName }) };
      return { ok: true, machine: { ...machine, spec: { ...spec, [role]: found } } };
    }
    case 'silent': {
      if (!ignore) return { ok: false, message: told.message };
      const { [role]: _matcher, ...spec } = machine.spec;
      return { ok: true, machine: { ...machine, spec } };
    }
    case 'failed':
      return { ok: false, message: told.message };
    default:
      return told satisfies never;
  }
}

async function ask(
  inference: Inference,
  { spec }: VirtualMachine,
  { inferFromVolume: name }: ReferenceMatcher,
): Promise<Told> {
  const volume = spec.template.spec?.volumes?.find((one) => one.name === name);
  if (volume === undefined)
    return { kind: 'failed', message: `there is no volume ${name ?? ''} to infer from in the template` };
  try {
    return await inference.ofVolume(volume, spec);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'failed', message: `volume ${volume.name} could not be looked up: ${reason}` };
  }
}

function withoutMemory(spec: VirtualMachineSpec): VirtualMachineSpec {
  const { template } = spec;
  if (template.spec === undefined) return spec;
  const { memory: _memory, ...domain } = template.spec.domain;
  return { ...spec, template: { ...template, spec: { ...template.spec, domain } } };
}

/** Follows a volume to the first object with the label. */
class Inference {
  readonly #label: string;
  readonly #namespace: string;
  readonly #lookup: InferenceLookup;

  constructor(role: ReferenceRole, namespace: string, lookup: InferenceLookup) {
    this.#label = `instancetype.kubevirt.io/default-${role}`;
    this.#namespace = namespace;
    this.#lookup = lookup;
  }

  async ofVolume(volume: Volume, { dataVolumeTemplates = [] }: VirtualMachineSpec): Promise<Told> {
    const { dataVolume, persistentVolumeClaim: claim } = volume;
    if (claim !== undefined) return this.#ofClaim(this.#namespace, claim.claimName);
    if (dataVolume === undefined) return silent(`volume ${volume.name} is of a kind that tells nothing`);
    const template = dataVolumeTemplates.find(({ metadata }) => metadata?.name === dataVolume.name);
    return template === undefined
      ? this.#ofDataVolume(dataVolume.name)
      : this.#ofDataVolumeSpec(template.spec);
  }

  async #ofClaim(namespace: string, name: string): Promise<Told> {
    const claim = await this.#lookup.persistentVolumeClaim(namespace, name);
    return this.#ofLast(claim, `PersistentVolumeClaim ${namespace}/${name}`);
  }

  async #ofSnapshot(namespace: string, name: string): Promise<Told> {
    const snapshot = await this.#lookup.volumeSnapshot(namespace, name);
    return this.#ofLast(snapshot, `VolumeSnapshot ${namespace}/${name}`);
  }

  async #ofDataVolume(name: string): Promise<Told> {
    const volume = await this.#lookup.dataVolume(this.#namespace, name);
    // The claim outlives its DataVolume.
    if (volume === undefined) return this.#ofClaim(this.#namespace, name);
    return this.#labels(volume) ?? this.#ofDataVolumeSpec(volume.spec ?? {});
  }

  async #ofDataVolumeSpec({
    source,
    sourceRef,
  }: Pick<DataVolumeSpec, 'source' | 'sourceRef'>): Promise<Told> {
    const { pvc, snapshot } = source ?? {};
    if (pvc !== undefined) return this.#ofClaim(pvc.namespace || this.#namespace, pvc.name);
    if (snapshot !== undefined) return this.#ofSnapshot(snapshot.namespace || this.#namespace, snapshot.name);
    if (sourceRef !== undefined) return this.#ofSourceRef(sourceRef);
    return silent('the source of the DataVolume tells nothing');
  }

  async #ofSourceRef({ kind, name, namespace = '' }: DataVolumeSourceRef): Promise<Told> {
    if (kind !== 'DataSource') return silent(`a source of kind ${kind} tells nothing`);
    const where = namespace === '' ? this.#namespace : namespace;
    const found = await this.#lookup.dataSource(where, name);
    if (found === undefined) return missing(`DataSource ${where}/${name}`);
    const told = this.#labels(found);
    if (told !== undefined) return told;
    const { pvc, snapshot } = found.spec?.source ?? {};
    if (pvc !== undefined) return this.#ofClaim(pvc.namespace || this.#namespace, pvc.name);
    if (snapshot !== undefined) return this.#ofSnapshot(snapshot.namespace || this.#namespace, snapshot.name);
    return silent(`the source of DataSource ${where}/${name} tells nothing`);
  }

  #ofLast(object: Labelled | undefined, what: string): Told {
    if (object === undefined) return missing(what);
    return this.#labels(object) ?? silent(`${what} has no label ${this.#label}`);
  }

  #labels({ metadata: { labels = {} } }: Labelled): Told | undefined {
    const name = labels[this.#label];
    return name === undefined
      ? undefined
      : { kind: 'told', name, kindName: labels[`${this.#label}-kind`] || undefined };
  }
}

function silent(message: string): Told {
  return { kind: 'silent', message };
}

function missing(what: string): Told {
  return { kind: 'failed', message: `there is no ${what}` };
}
