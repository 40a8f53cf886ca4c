import { ApiServerError, notFound } from '../errors.ts';
import { isObject, setValueAt, stringOf, valueAt, cloneJson } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import { fromStorage, type ResourceDefinition, type ScalePaths } from '../registry/definition.ts';
import { keyOf } from '../registry/registry.ts';
import { bodyOf, updateObject } from '../registry/update.ts';
import { readObject } from './body.ts';
import { requestScope, type ResourceRequest, type ServerContext } from './context.ts';
import { patchFunction, type Produce } from './patch-request.ts';
import { sendJson, setWarnings } from './respond.ts';

/** Serves `autoscaling/v1 Scale` of a resource. @throws ApiServerError, which the caller sends. */
export async function handleScale(
  context: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
  paths: ScalePaths,
): Promise<void> {
  const { name = '', namespace, verb } = call.info;
  if (verb === 'get') {
    const stored = context.registry.store.get(keyOf(definition, namespace, name));
    if (stored === undefined) throw notFound(definition, name);
    sendJson(call.response, 200, scaleOf(fromStorage(definition, stored.object), paths));
    return;
  }
  if (verb !== 'update' && verb !== 'patch')
    throw new ApiServerError('MethodNotAllowed', `${verb} is not possible on the scale subresource`);
  const scope = requestScope(call);
  const change = verb === 'update' ? await wholeScale(call) : await patchFunction(call, definition);
  const outcome = await updateObject(context.registry, definition, scope, {
    namespace,
    name,
    target: 'main',
    subresource: 'scale',
    replaces: false,
    view: {
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      show: (object) => scaleOf(object, paths),
      apply: (object, scale) => withScale(object, scale, paths),
    },
    produce: (current) => bodyOf(withScale(current, change(scaleOf(current, paths)).value, paths)),
  });
  setWarnings(call.response, scope.warnings);
  sendJson(call.response, 200, scaleOf(fromStorage(definition, outcome.object), paths));
}

async function wholeScale(call: ResourceRequest): Promise<Produce> {
  const body = await readObject(call.request);
  return () => body;
}

function withScale(current: KubeObject, scale: Record<string, unknown>, paths: ScalePaths): KubeObject {
  const replicas = valueAt(scale, ['spec', 'replicas']) ?? 0;
  if (!Number.isInteger(replicas) || Number(replicas) < 0)
    throw new ApiServerError('Invalid', 'spec.replicas of the Scale must be a non-negative integer', {
      group: 'autoscaling',
      kind: 'Scale',
      causes: [
        {
          reason: 'FieldValueInvalid',
          field: 'spec.replicas',
          message: `Invalid value: ${JSON.stringify(replicas)}`,
        },
      ],
    });
  const next = cloneJson(current);
  setValueAt(next, paths.specReplicas, replicas);
  const revision = valueAt(scale, ['metadata', 'resourceVersion']);
  if (typeof revision === 'string' && revision !== '') next.metadata.resourceVersion = revision;
  return next;
}

function scaleOf(object: KubeObject, paths: ScalePaths): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = paths.labelSelector === undefined ? undefined : valueAt(object, paths.labelSelector);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: Number(valueAt(object, paths.specReplicas) ?? 0) },
    status: {
      replicas: Number(valueAt(object, paths.statusReplicas) ?? 0),
      ...(selector !== undefined && !isObject(selector) && { selector: stringOf(selector) }),
    },
  };
}
