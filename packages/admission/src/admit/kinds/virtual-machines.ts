import { resources, VirtualMachineSchema, type VirtualMachine } from '@virtkit/core-types';
import type { Architecture } from '../../configuration/index.ts';
import {
  architectureOfDataSources,
  dataSourceKeys,
  dataSourceTarget,
  defaultInstanceSpec,
  defaultVirtualMachine,
  networkRefusal,
  type DataSourceFacts,
  type DataSourceKey,
} from '../../defaults/index.ts';
import {
  applyToMachine,
  findReference,
  findReferences,
  inferReferences,
  matcherFindings,
  requirementFindings,
  specsOf,
  type ReferencedSpecs,
} from '../../instancetype/index.ts';
import { badRequest, denialOf, type Verdict } from '../../validation/denial.ts';
import {
  isSystemUser,
  machineFindings,
  machineStatusFindings,
  machineWarnings,
  statusFindings,
} from '../../validation/index.ts';
import type { AdmissionContext } from '../context.ts';
import {
  passed,
  readableStored,
  readObject,
  readStored,
  refusedMutation,
  replacing,
  resourceOf,
  unchanged,
  type KindAdmission,
  type KindMutation,
} from '../kind.ts';
import { lookUp, lookUpLeniently } from '../look-up.ts';
import { namespaceOf, type AdmissionRequest } from '../request.ts';
import { withoutEmptyLists } from './empty-lists.ts';

const writes = ['CREATE', 'UPDATE'] as const;

/** Virtual machines. Those that are being deleted pass, so that their finalizers can be removed. */
export const virtualMachines: KindAdmission = {
  resource: resourceOf(resources.virtualMachines),
  mutates: writes,
  validates: writes,
  mutate,
  validate,
};

/** The status of virtual machines. */
export const virtualMachineStatus: KindAdmission = {
  resource: resourceOf(resources.virtualMachines),
  subresource: 'status',
  validates: writes,
  async validate(request, context) {
    const unfit = statusFindings(VirtualMachineSchema, request.object);
    if (unfit.length > 0) return denialOf(unfit);
    const read = readObject(VirtualMachineSchema, request.object);
    if (!read.ok) return denialOf(read.findings);
    return denialOf(
      machineStatusFindings({
        machine: read.value,
        before: readStored(VirtualMachineSchema, request.oldObject),
        trusted: isSystemUser(request.user),
        configuration: context.configuration,
        instance: await instanceOf(read.value, request, context),
        now: context.now(),
      }),
    );
  },
};

/** KubeVirt defaulting, VM mutation: matchers, inference, early effects of the preference, identity, architecture. */
async function mutate(request: AdmissionRequest, context: AdmissionContext): Promise<KindMutation> {
  const read = readObject(VirtualMachineSchema, request.object, 'complete');
  if (!read.ok) return refusedMutation(read.findings);
  if (isDeleted(read.value)) return unchanged;
  const before = readableStored(VirtualMachineSchema, request.oldObject);
  const mismatched = matcherFindings(read.value, before);
  if (mismatched.length > 0) return refusedMutation(mismatched);
  const namespaced = withNamespace(read.value, namespaceOf(request));
  const inferred = await inferReferences(namespaced, context.lookups);
  if (!inferred.ok) return { ok: false, denied: badRequest(inferred.message) };
  const { machine } = inferred;
  const preference = await lookUpLeniently(() => findReference('preference', machine, context.lookups));
  const completed = defaultVirtualMachine(machine, {
    configuration: context.configuration,
    uuid: () => context.uuid(),
    creating: request.operation === 'CREATE',
    preference: preference?.state === 'found' ? preference.spec : undefined,
    dataSourceArchitecture: await architectureOf(machine, context),
  });
  const written = { spec: withoutEmptyTemplateLists(completed.spec), metadata: read.value.metadata };
  return replacing(written, ['spec', 'metadata']);
}

async function validate(request: AdmissionRequest, context: AdmissionContext): Promise<Verdict> {
  const read = readObject(VirtualMachineSchema, request.object, 'complete');
  if (!read.ok) return denialOf(read.findings);
  const machine = withNamespace(read.value, namespaceOf(request));
  if (isDeleted(machine)) return passed;
  const references = await referencesOf(machine, context);
  const applied = applyToMachine(machine, references);
  if (!applied.ok) return denialOf(applied.findings);
  const judged = judgedMachine(applied.machine, context);
  if (!judged.ok) return { denied: badRequest(judged.message) };
  const unmet = unmetRequirements(judged.machine, references);
  if (unmet.length > 0) return denialOf(unmet);
  return denialOf(
    machineFindings({
      machine,
      effective: judged.machine,
      before: readStored(VirtualMachineSchema, request.oldObject),
      trusted: isSystemUser(request.user),
      configuration: context.configuration,
      instance: await instanceOf(machine, request, context),
      now: context.now(),
    }),
    machineWarnings(machine),
  );
}

function withoutEmptyTemplateLists(spec: VirtualMachine['spec']): VirtualMachine['spec'] {
  const { template } = spec;
  if (template.spec === undefined) return spec;
  return { ...spec, template: { ...template, spec: withoutEmptyLists(template.spec) } };
}

/** What a machine refers to. Where any of it cannot be found it is judged without: its controller reports that. */
async function referencesOf(
  machine: VirtualMachine,
  { lookups }: AdmissionContext,
): Promise<ReferencedSpecs> {
  const found = await lookUpLeniently(() => findReferences(machine, lookups));
  if (found === undefined) return {};
  const missing = found.instancetype.state === 'missing' || found.preference.state === 'missing';
  return missing ? {} : specsOf(found);
}

/** The machine with the defaults that its template is judged with (D1). */
function judgedMachine(
  machine: VirtualMachine,
  { configuration }: AdmissionContext,
):
  { readonly ok: true; readonly machine: VirtualMachine } | { readonly ok: false; readonly message: string } {
  const { template } = machine.spec;
  if (template.spec === undefined) return { ok: true, machine };
  const refusal = networkRefusal(template.spec, configuration);
  if (refusal !== undefined) return { ok: false, message: refusal };
  const spec = defaultInstanceSpec(template.spec, configuration);
  return { ok: true, machine: { ...machine, spec: { ...machine.spec, template: { ...template, spec } } } };
}

function unmetRequirements(machine: VirtualMachine, { instancetype, preference }: ReferencedSpecs) {
  const { spec } = machine.spec.template;
  if (preference === undefined || spec === undefined) return [];
  return requirementFindings({ spec, instancetype, preference });
}

/** The running instance, looked up where volumes are to be plugged into it. */
async function instanceOf(machine: VirtualMachine, request: AdmissionRequest, { lookups }: AdmissionContext) {
  if ((machine.status?.volumeRequests ?? []).length === 0) return undefined;
  return lookUp(() => lookups.instance(namespaceOf(request), machine.metadata.name ?? ''));
}

/** The architecture that the DataSources of a machine name, looked up where it names none itself. */
async function architectureOf(
  machine: VirtualMachine,
  { lookups }: AdmissionContext,
): Promise<Architecture | undefined> {
  if (machine.spec.template.spec?.architecture) return undefined;
  const known = new Map<string, DataSourceFacts | undefined>();
  const learn = async (key: DataSourceKey): Promise<DataSourceFacts | undefined> => {
    const source = await lookUpLeniently(() => lookups.dataSource(key.namespace, key.name));
    const facts = source && { labels: source.metadata.labels, refersTo: source.spec.source.dataSource };
    known.set(textOf(key), facts);
    return facts;
  };
  for (const key of dataSourceKeys(machine)) {
    const facts = await learn(key);
    const target = facts && dataSourceTarget(key, facts);
    if (target !== undefined) await learn(target);
  }
  return architectureOfDataSources(machine, (key) => known.get(textOf(key)));
}

function textOf({ namespace, name }: DataSourceKey): string {
  return `${namespace}/${name}`;
}

/** What a machine refers to is looked up in the namespace of the request. */
function withNamespace(machine: VirtualMachine, namespace: string): VirtualMachine {
  return namespace === '' || machine.metadata.namespace !== undefined
    ? machine
    : { ...machine, metadata: { ...machine.metadata, namespace } };
}

function isDeleted({ metadata }: VirtualMachine): boolean {
  return metadata.deletionTimestamp !== undefined;
}
