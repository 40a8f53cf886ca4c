import { ApiServerError, conflict, notFound } from '../errors.ts';
import { cloneJson, elementsOf, isObject, membersOf, setValueAt, stringOf } from '../object/json.ts';
import { timestamp } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { deleteObject } from '../registry/delete.ts';
import { bodyOf, updateObject } from '../registry/update.ts';
import { readObject } from './body.ts';
import { requestScope, type ResourceRequest, type ServerContext } from './context.ts';
import { deleteParameters, dryRunParameter } from './parameters.ts';
import { sendJson, sendText, setWarnings } from './respond.ts';
import { checkDisruptionBudgets } from '../registry/disruption.ts';
import { encodeOutcome, keyOf } from '../registry/registry.ts';

const CREATED = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

function onlyVerb(call: ResourceRequest, verb: string): void {
  if (call.info.verb !== verb)
    throw new ApiServerError(
      'MethodNotAllowed',
      `${call.info.verb} is not possible on the ${call.info.subresource ?? ''} subresource`,
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
  const node = stringOf(membersOf(value.target).name);
  if (node === '') throw new ApiServerError('BadRequest', 'a binding needs target.name, the name of a node');
  const annotations = membersOf(membersOf(value.metadata).annotations);
  const scope = requestScope(call);
  await updateObject(context.registry, definition, scope, {
    namespace,
    name,
    target: 'whole',
    subresource: 'binding',
    replaces: false,
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
  const dryRun = options.dryRun || dryRunParameter(call.info.query.getAll('dryRun'));
  const scope = { ...requestScope(call), dryRun };
  const pod = context.registry.store.get(keyOf(definition, namespace, name));
  if (pod === undefined) throw notFound(definition, name);
  await context.registry.admission.validate(
    {
      operation: 'CREATE',
      resource: { group: definition.group, version: definition.version, resource: definition.resource },
      kind: 'Eviction',
      subresource: 'eviction',
      namespace,
      name,
      user: scope.user,
      dryRun,
      object: { apiVersion: 'policy/v1', kind: 'Eviction', ...value, metadata: membersOf(value.metadata) },
      oldObject: undefined,
    },
    scope.warnings,
  );
  checkDisruptionBudgets(context.registry.store, pod.object);
  await deleteObject(context.registry, definition, scope, { namespace, name, options });
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
