import type { AdmissionRequest } from '../admission/types.ts';
import { ApiServerError, conflict, methodNotAllowed, notFound, unclassified } from '../errors.ts';
import { cloneJson, elementsOf, isObject, membersOf, setValueAt } from '../object/json.ts';
import { timestamp, type KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { checkPreconditions, deleteObject, type DeletionTarget } from '../registry/delete.ts';
import type { DeleteOptions } from '../registry/deletion.ts';
import { bodyOf, updateObject } from '../registry/update.ts';
import { readObject } from './body.ts';
import { requestScope, type ResourceRequest, type ServerContext } from './context.ts';
import { deleteParameters, dryRunParameter } from './parameters.ts';
import { sendJson, sendText, setWarnings } from './respond.ts';
import { evictInTurn } from '../registry/disruption.ts';
import { encodeOutcome, keyOf, operationOptions, type RequestScope } from '../registry/registry.ts';

const CREATED = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

function onlyVerb(call: ResourceRequest, verb: string): void {
  if (call.info.verb !== verb) throw methodNotAllowed();
}

/** Asks admission about an object that is posted to a subresource and not stored as such. @returns it with its mutations */
async function admitted(
  context: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
  scope: RequestScope,
  object: KubeObject,
): Promise<KubeObject> {
  const { admission } = context.registry;
  const [version = '', group = ''] = object.apiVersion.split('/').reverse();
  const request: AdmissionRequest = {
    operation: 'CREATE',
    resource: { group: definition.group, version: definition.version, resource: definition.resource },
    kind: object.kind,
    kindVersion: { group, version },
    subresource: call.info.subresource,
    namespace: call.info.namespace,
    name: call.info.name ?? '',
    user: scope.user,
    dryRun: scope.dryRun,
    object,
    oldObject: undefined,
    options: operationOptions('CreateOptions', scope),
  };
  const mutated = await admission.mutate(request, object, scope.warnings);
  await admission.validate({ ...request, object: mutated }, scope.warnings);
  return mutated;
}

/** @throws ApiServerError `BadRequest` when what is posted to a part of a Pod is about another one. */
function checkName({ kind, metadata }: KubeObject, name: string): void {
  if (metadata.name !== name)
    throw new ApiServerError('BadRequest', `name in URL does not match name in ${kind} object`);
}

/** Sets a condition of a Pod, in place; one that says what it said before keeps its time. */
function setCondition(pod: KubeObject, condition: Record<string, unknown>, now: string): void {
  const conditions = elementsOf(membersOf(pod.status).conditions).map(membersOf);
  const before = conditions.find(({ type }) => type === condition.type);
  const time = before?.status === condition.status ? before?.lastTransitionTime : now;
  const next = { ...condition, lastProbeTime: null, lastTransitionTime: time };
  setValueAt(
    pod,
    ['status', 'conditions'],
    before === undefined ? [...conditions, next] : conditions.map((one) => (one === before ? next : one)),
  );
}

/** `POST pods/{name}/binding`: a scheduler's decision for a node. @throws ApiServerError `Conflict`, `BadRequest` */
export async function handleBinding(
  context: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
): Promise<void> {
  onlyVerb(call, 'create');
  const { name = '', namespace } = call.info;
  const { value } = await readObject(call.request);
  const scope = requestScope(call);
  const binding = await admitted(context, call, definition, scope, {
    apiVersion: 'v1',
    kind: 'Binding',
    ...value,
    metadata: { namespace, ...membersOf(value.metadata) },
  });
  checkName(binding, name);
  const { kind = '', name: node = '' } = membersOf(binding.target);
  const problems = [
    ...(kind === '' || kind === 'Node'
      ? []
      : [`target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`]),
    ...(node === '' ? ['target.name: Required value'] : []),
  ];
  if (problems.length > 0)
    throw unclassified(problems.length === 1 ? (problems[0] ?? '') : `[${problems.join(', ')}]`);
  const annotations = membersOf(binding.metadata.annotations);
  await updateObject(context.registry, definition, scope, {
    namespace,
    name,
    target: 'whole',
    subresource: 'binding',
    admitted: true,
    replaces: false,
    untracked: true,
    produce: (current) => {
      const { nodeName = '', schedulingGates } = membersOf(current.spec);
      const refused = (why: string) =>
        conflict({ group: '', resource: 'pods/binding' }, name, `pod ${name} ${why}`);
      if (current.metadata.deletionTimestamp !== undefined)
        throw refused('is being deleted, cannot be assigned to a host');
      if (nodeName !== '') throw refused(`is already assigned to node ${JSON.stringify(nodeName)}`);
      if (elementsOf(schedulingGates).length > 0) throw refused('has non-empty .spec.schedulingGates');
      const next = cloneJson(current);
      setValueAt(next, ['spec', 'nodeName'], node);
      if (Object.keys(annotations).length > 0)
        next.metadata.annotations = {
          ...next.metadata.annotations,
          ...(annotations as Record<string, string>),
        };
      setCondition(next, { type: 'PodScheduled', status: 'True' }, timestamp(context.registry.now()));
      return bodyOf(next);
    },
  });
  setWarnings(call.response, scope.warnings);
  sendJson(call.response, 201, CREATED);
}

/** `POST pods/{name}/eviction`: a deletion that PodDisruptionBudgets may refuse. @throws ApiServerError `TooManyRequests` */
export async function handleEviction(
  context: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
): Promise<void> {
  onlyVerb(call, 'create');
  const { name = '', namespace } = call.info;
  const { value } = await readObject(call.request);
  const options = deleteParameters(call.info.query, membersOf(value.deleteOptions));
  const dryRun = options.dryRun || dryRunParameter(call.info.query.getAll('dryRun'), 'CreateOptions');
  const scope = { ...requestScope(call), dryRun };
  const pod = context.registry.store.get(keyOf(definition, namespace, name));
  if (pod === undefined) throw notFound(definition, name);
  const eviction = await admitted(context, call, definition, scope, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    ...value,
    metadata: { namespace, ...membersOf(value.metadata) },
  });
  checkName(eviction, name);
  const target = { namespace, name, options, admitted: true };
  await evictInTurn(context.registry.store, pod.object, async () => {
    const told = dryRun ? options : await tellEviction(context, definition, scope, target);
    await deleteObject(context.registry, definition, scope, { ...target, options: told });
  });
  setWarnings(call.response, scope.warnings);
  sendJson(call.response, 201, CREATED);
}

/**
 * Writes into a Pod why it ends, for those who count how often Pods of theirs fail.
 * @returns the options with which the Pod is to be deleted then
 */
async function tellEviction(
  { registry }: ServerContext,
  definition: ResourceDefinition,
  scope: RequestScope,
  { namespace, name, options }: DeletionTarget,
): Promise<DeleteOptions> {
  const { object } = await updateObject(registry, definition, scope, {
    namespace,
    name,
    target: 'whole',
    subresource: 'eviction',
    admitted: true,
    replaces: false,
    untracked: true,
    produce: (current) => {
      checkPreconditions(definition, name, current, options);
      const next = cloneJson(current);
      const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'EvictionByEvictionAPI',
        message: 'Eviction API: evicting',
      };
      setCondition(next, condition, timestamp(registry.now()));
      return bodyOf(next);
    },
  });
  const { preconditions } = options;
  if (preconditions?.resourceVersion === undefined) return options;
  return {
    ...options,
    preconditions: { ...preconditions, resourceVersion: object.metadata.resourceVersion },
  };
}

/** `PUT namespaces/{name}/finalize`: changes `spec.finalizers`. @throws ApiServerError */
export async function handleFinalize(
  context: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
): Promise<void> {
  onlyVerb(call, 'update');
  const { name = '' } = call.info;
  const { value } = await readObject(call.request);
  const finalizers = elementsOf(isObject(value.spec) ? value.spec.finalizers : []);
  const scope = requestScope(call);
  const outcome = await updateObject(context.registry, definition, scope, {
    namespace: undefined,
    name,
    target: 'whole',
    subresource: 'finalize',
    replaces: false,
    produce: (current) => {
      const next = cloneJson(current);
      next.spec = { ...membersOf(current.spec), finalizers };
      return bodyOf(next);
    },
  });
  sendText(call.response, 200, encodeOutcome(definition, outcome));
}
