import type { AdmissionRequest } from '../admission/types.ts';
import { ApiServerError, conflict, methodNotAllowed, notFound } from '../errors.ts';
import { cloneJson, elementsOf, isObject, membersOf, setValueAt, stringOf } from '../object/json.ts';
import { timestamp, type KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { deleteObject } from '../registry/delete.ts';
import { bodyOf, updateObject } from '../registry/update.ts';
import { readObject } from './body.ts';
import { requestScope, type ResourceRequest, type ServerContext } from './context.ts';
import { deleteParameters, dryRunParameter } from './parameters.ts';
import { sendJson, sendText, setWarnings } from './respond.ts';
import { checkDisruptionBudgets } from '../registry/disruption.ts';
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
    metadata: { name, namespace, ...membersOf(value.metadata) },
  });
  const node = stringOf(membersOf(binding.target).name);
  if (node === '') throw new ApiServerError('BadRequest', 'a binding needs target.name, the name of a node');
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
      if (current.metadata.deletionTimestamp !== undefined)
        throw conflict(definition, name, 'the pod is being deleted and cannot be assigned to a node');
      const assigned = stringOf(membersOf(current.spec).nodeName);
      if (assigned !== '')
        throw conflict(definition, name, `the pod is already assigned to node "${assigned}"`);
      const next = cloneJson(current);
      setValueAt(next, ['spec', 'nodeName'], node);
      if (Object.keys(annotations).length > 0)
        next.metadata.annotations = {
          ...next.metadata.annotations,
          ...(annotations as Record<string, string>),
        };
      setValueAt(
        next,
        ['status', 'conditions'],
        [
          ...elementsOf(membersOf(next.status).conditions).filter(
            (c) => membersOf(c).type !== 'PodScheduled',
          ),
          {
            type: 'PodScheduled',
            status: 'True',
            lastProbeTime: null,
            lastTransitionTime: timestamp(context.registry.now()),
          },
        ],
      );
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
  await admitted(context, call, definition, scope, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    ...value,
    metadata: { name, namespace, ...membersOf(value.metadata) },
  });
  checkDisruptionBudgets(context.registry.store, pod.object);
  await deleteObject(context.registry, definition, scope, { namespace, name, options, admitted: true });
  setWarnings(call.response, scope.warnings);
  sendJson(call.response, 201, CREATED);
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
