import {
  findReferences,
  newInstanceOf,
  specsOf,
  type AdmissionContext,
  type Denial,
} from '@virtkit/admission';
import { renderPod } from '@virtkit/controllers';
import {
  launcherPaths,
  resources,
  servedKind,
  type Pod,
  type VirtualMachine,
  type VirtualMachineInstance,
} from '@virtkit/core-types';
import { parseMachineSpec, type MachineSpec } from '@virtkit/hal';
import { renderDomain, standInContext } from '@virtkit/hal-kvm-qemu';
import { machineConfiguration, planMachine, type MachineFacts } from '@virtkit/machine-plan';
import { VirtkitError } from '../errors.ts';
import { createObject } from '../validate/judge.ts';
import { standInFacts, standInLauncherFacts, standInUuid } from './stand-in-facts.ts';

/** What becomes of a machine or instance. */
export interface Rendered {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** With all defaults, as it would be stored. */
  readonly instance: VirtualMachineInstance;
  readonly machineSpec: MachineSpec;
  /** The libvirt domain. */
  readonly xml: string;
  /** The launcher's Pod. */
  readonly pod: Pod;
}

export interface RenderChoices {
  /** Architecture of objects that name none; else the cluster's default. */
  readonly architecture?: string;
  /** Facts that replace stand-ins, member by member. */
  readonly facts?: Partial<MachineFacts>;
  /** Image of the launcher. */
  readonly launcherImage?: string;
}

const defaultLauncherImage = 'virtkit.dev/virt-launcher';

/** Whether `renderObject` knows what becomes of objects of this kind. */
export function isRendered(kind: unknown): boolean {
  return kind === 'VirtualMachine' || kind === 'VirtualMachineInstance';
}

/**
 * What a machine or an instance becomes: as admission completes it, as a start of the machine makes its instance, as the
 * node plans it, and as KVM/QEMU runs it.
 * @throws VirtkitError `refused` with what admission says; PlanError, HalError, ControllerError for what cannot be rendered
 */
export async function renderObject(
  value: Readonly<Record<string, unknown>>,
  context: AdmissionContext,
  choices: RenderChoices,
): Promise<Rendered> {
  const given = value['kind'] === 'VirtualMachine' ? await instanceOf(value, context, choices) : value;
  const created = await create<VirtualMachineInstance>(withArchitecture(given, [], choices), context);
  const { metadata } = created;
  const { namespace = 'default', name = metadata.generateName ?? '' } = metadata;
  const uid = standInUuid(`${namespace}/${name}`);
  const instance: VirtualMachineInstance = { ...created, metadata: { ...metadata, name, uid } };
  const planned = planMachine(
    instance,
    { ...standInFacts(instance), ...choices.facts },
    machineConfiguration(context.configuration),
  );
  // As it comes out of the wire between virt-handler and virt-launcher.
  const machineSpec = parseMachineSpec(JSON.parse(JSON.stringify(planned)), 'kvm-qemu');
  const directory = `${launcherPaths.machines}/${uid}`;
  return {
    kind: String(value['kind']),
    namespace,
    name,
    instance,
    machineSpec,
    xml: renderDomain(machineSpec, standInContext(machineSpec, { directory })),
    pod: renderPod(instance, {
      configuration: context.configuration,
      launcherImage: choices.launcherImage ?? defaultLauncherImage,
      facts: standInLauncherFacts(instance),
    }),
  };
}

/** The instance that the next start of a machine makes. */
async function instanceOf(
  value: Readonly<Record<string, unknown>>,
  context: AdmissionContext,
  choices: RenderChoices,
): Promise<Readonly<Record<string, unknown>>> {
  const created = await create<VirtualMachine>(
    withArchitecture(value, ['template', 'spec'], choices),
    context,
  );
  const { name = created.metadata.generateName ?? '' } = created.metadata;
  const machine = { ...created, metadata: { ...created.metadata, name, uid: standInUuid(`vm/${name}`) } };
  const references = await findReferences(machine, context.lookups);
  for (const reference of [references.instancetype, references.preference])
    if (reference.state === 'missing')
      throw new VirtkitError('refused', reference.message, {
        nextStep: 'give the file with it, too: virtkit render -f machine.yaml -f instancetypes.yaml',
      });
  const built = newInstanceOf(machine, {
    configuration: context.configuration,
    revisionName: `revision-start-vm-${machine.metadata.uid}-1`,
    references: specsOf(references),
  });
  if (built.ok) return { ...built.instance };
  throw new VirtkitError(
    'refused',
    built.findings.map(({ field, message }) => [field, message].filter(Boolean).join(': ')).join('\n'),
  );
}

async function create<T>(value: Readonly<Record<string, unknown>>, context: AdmissionContext): Promise<T> {
  const served = servedKind(value['apiVersion'], value['kind']);
  if (served === undefined)
    throw new VirtkitError(
      'refused',
      `there is no kind ${String(value['kind'])} in ${String(value['apiVersion'])}`,
    );
  const result = await createObject(value, served, context);
  if (result.allowed) return result.object as T;
  throw new VirtkitError('refused', refusalText(result), {
    nextStep: 'virtkit validate -f shows all documents',
  });
}

function refusalText({ message, causes = [] }: Partial<Denial>): string {
  if (causes.length === 0) return message ?? 'refused';
  return causes.map((cause) => [cause.field, cause.message].filter(Boolean).join(': ')).join('\n');
}

/** The object with the chosen architecture, where it names none. `path` leads from its spec to the instance's. */
function withArchitecture(
  value: Readonly<Record<string, unknown>>,
  path: readonly string[],
  { architecture }: RenderChoices,
): Readonly<Record<string, unknown>> {
  if (architecture === undefined) return value;
  const [first, ...rest] = ['spec', ...path];
  return within(value, [first, ...rest], (spec) => ({
    ...spec,
    architecture: spec['architecture'] || architecture,
  }));
}

function within(
  value: Readonly<Record<string, unknown>>,
  [member, ...rest]: readonly string[],
  change: (value: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (member === undefined) return change(value);
  const inner = value[member];
  if (typeof inner !== 'object' || inner === null) return value;
  return { ...value, [member]: within(inner as Readonly<Record<string, unknown>>, rest, change) };
}

/** The kinds that can be rendered, for messages. */
export const renderedKinds = [resources.virtualMachines.kind, resources.virtualMachineInstances.kind];
