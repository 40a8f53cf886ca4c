// Plugin: changes to machines, and actions on nodes, that others bring along.
import * as z from 'zod';
import { ObjectMetaSchema, listOf, typeMeta } from '../kubernetes/meta.ts';
import { apiObject } from '../schema/object.ts';
import { atomicList, duration, openEnum, presence } from '../schema/scalars.ts';

/** KubeVirt plugins: `failureStrategy`; `Fail` is what an absent one means. */
export const pluginFailureStrategies = ['Fail', 'Ignore'] as const;
export type PluginFailureStrategy = (typeof pluginFailureStrategies)[number];

/** KubeVirt plugins: moments in the life of an instance at which a node hook is called. */
export const nodeHookPoints = [
  'PreVMStart',
  'PostVMStart',
  'PreVMStop',
  'PostVMStop',
  'PreMigrationSource',
  'PreMigrationTarget',
  'PostMigrationTarget',
] as const;
export type NodeHookPoint = (typeof nodeHookPoints)[number];

const condition = z.string().describe('CEL: whether it is for the instance `vmi`; always when absent.');
const failureStrategy = openEnum(pluginFailureStrategies).describe('What a failure does to the instance.');
const timeout = duration().describe('How long a call may take.');

export const DomainHookCELSchema = apiObject('A change of the machine, as a CEL expression.', {
  expression: z.string().min(1),
});
export type DomainHookCEL = z.output<typeof DomainHookCELSchema>;

export const DomainHookSidecarSchema = apiObject('A change of the machine, by a program beside it.', {
  socketPath: z.string().min(1),
});
export type DomainHookSidecar = z.output<typeof DomainHookSidecarSchema>;

export const DomainHookSchema = apiObject(
  'Changes the machine before it is defined; cel or sidecar is set.',
  {
    cel: DomainHookCELSchema.optional(),
    condition: condition.optional(),
    failureStrategy: failureStrategy.optional(),
    sidecar: DomainHookSidecarSchema.optional(),
    timeout: timeout.optional(),
  },
);
export type DomainHook = z.output<typeof DomainHookSchema>;

export const NodeHookSchema = apiObject('Calls a program on the node.', {
  condition: condition.optional(),
  failureStrategy: failureStrategy.optional(),
  permittedHooks: atomicList(openEnum(nodeHookPoints)).min(1),
  socket: z.string().min(1),
  timeout: timeout.optional(),
});
export type NodeHook = z.output<typeof NodeHookSchema>;

export const PluginAdmissionReferenceSchema = apiObject('An admission policy or webhook configuration.', {
  name: z.string().min(1),
});
export type PluginAdmissionReference = z.output<typeof PluginAdmissionReferenceSchema>;

const references = atomicList(PluginAdmissionReferenceSchema);

export const PluginSpecSchema = apiObject('What the plugin does, and for which instances.', {
  condition: condition.optional(),
  domainHooks: atomicList(DomainHookSchema).describe('In the order in which they are applied.').optional(),
  failureStrategy: failureStrategy.optional(),
  mutatingAdmissionPolicies: references.optional(),
  mutatingAdmissionWebhooks: references.optional(),
  nodeHooks: atomicList(NodeHookSchema).describe('In the order in which they are called.').optional(),
  validatingAdmissionPolicies: references.optional(),
  validatingAdmissionWebhooks: references.optional(),
});
export type PluginSpec = z.output<typeof PluginSpecSchema>;

export const PluginSchema = apiObject('Changes machines, or acts on nodes when they start and stop.', {
  ...typeMeta,
  metadata: ObjectMetaSchema,
  spec: PluginSpecSchema,
  status: presence().nullable().optional(),
});
export type Plugin = z.output<typeof PluginSchema>;

export const PluginListSchema = listOf(PluginSchema, 'A list of Plugin objects.');
export type PluginList = z.output<typeof PluginListSchema>;
