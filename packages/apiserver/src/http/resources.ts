import { ApiServerError, methodNotAllowed, notFound } from '../errors.ts';
import { createObject } from '../registry/create.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { deleteObject } from '../registry/delete.ts';
import { listObjects, parseRevision } from '../registry/list.ts';
import {
  keyOf,
  servedOutcome,
  storedOutcome,
  type Outcome,
  type RequestScope,
} from '../registry/registry.ts';
import { checkBodyIdentity, updateObject, type UpdateTarget } from '../registry/update.ts';
import { respondWithWatch } from '../watch/watch-response.ts';
import { applyObject, isApply } from './apply-request.ts';
import { readObject, readOptionalObject } from './body.ts';
import { requestScope, type ResourceRequest, type ServerContext } from './context.ts';
import { deleteParameters, listParameters, watchParameters } from './parameters.ts';
import { patchFunction, type Produce } from './patch-request.ts';
import { negotiate, type ResponseFormat } from './representation.ts';
import { sendJson, sendParts, sendText, setWarnings } from './respond.ts';
import { handleSubresource } from './subresources.ts';

/** Answers a request for a resource. @throws ApiServerError, which the caller sends. */
export async function handleResource(context: ServerContext, call: ResourceRequest): Promise<void> {
  const { info } = call;
  const definition = context.registry.catalogue.find(info);
  if (definition === undefined)
    throw new ApiServerError('NotFound', 'the server could not find the requested resource');
  if (definition.namespaced && info.namespace === undefined && info.name !== undefined)
    throw new ApiServerError(
      'BadRequest',
      `${definition.resource} are namespaced: the path must name a namespace`,
    );
  if (!definition.namespaced && info.namespace !== undefined)
    throw new ApiServerError(
      'NotFound',
      `${definition.resource} are not namespaced: the path must not name a namespace`,
    );
  if (definition.deprecationWarning !== undefined)
    setWarnings(call.response, [definition.deprecationWarning]);
  if (info.subresource !== undefined && info.subresource !== 'status') {
    await handleSubresource(context, call, definition);
    return;
  }
  const target: UpdateTarget = info.subresource === 'status' ? 'status' : 'main';
  if (target === 'status' && !definition.status) throw notFound(definition, `${info.name ?? ''}/status`);
  await dispatch(context, call, definition, target);
}

async function dispatch(
  context: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
  target: UpdateTarget,
): Promise<void> {
  const { info } = call;
  if (target === 'status' && !['get', 'update', 'patch'].includes(info.verb)) throw methodNotAllowed();
  switch (info.verb) {
    case 'get':
      return getOne(context, call, definition);
    case 'list':
      return listMany(context, call, definition);
    case 'watch':
      return respondWithWatch(
        context.watch,
        call.response,
        definition,
        negotiate(call.request, definition, info.query).watchFormat(),
        watchParameters(info),
      );
    case 'create':
      return create(context, call, definition);
    case 'update':
    case 'patch':
      return update(context, call, definition, target);
    case 'delete':
      return deleteOne(context, call, definition);
    case 'deletecollection':
      return deleteMany(context, call, definition);
    default:
      throw methodNotAllowed();
  }
}

function formatOf(call: ResourceRequest, definition: ResourceDefinition): ResponseFormat {
  return negotiate(call.request, definition, call.info.query);
}

function answer(
  call: ResourceRequest,
  definition: ResourceDefinition,
  outcome: Outcome,
  scope: RequestScope | undefined,
  status = 200,
): void {
  if (scope !== undefined)
    setWarnings(call.response, [
      ...(definition.deprecationWarning === undefined ? [] : [definition.deprecationWarning]),
      ...scope.warnings,
    ]);
  sendText(call.response, status, formatOf(call, definition).object(outcome));
}

function nameOf(call: ResourceRequest): string {
  if (call.info.name === undefined) throw methodNotAllowed();
  return call.info.name;
}

async function getOne(
  { registry }: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
): Promise<void> {
  const name = nameOf(call);
  const revision = call.info.query.get('resourceVersion') ?? '';
  if (revision !== '') parseRevision(registry.store, revision);
  const stored = registry.store.get(keyOf(definition, call.info.namespace, name));
  if (stored === undefined) throw notFound(definition, name);
  answer(call, definition, await servedOutcome(definition, storedOutcome(stored)), undefined);
}

async function listMany(
  { registry }: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
): Promise<void> {
  const page = await listObjects(registry.store, definition, listParameters(call.info));
  sendParts(call.response, 200, formatOf(call, definition).list(page));
}

async function create(
  context: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
): Promise<void> {
  if (call.info.name !== undefined || (definition.namespaced && call.info.namespace === undefined))
    throw methodNotAllowed();
  const scope = requestScope(call);
  const body = await readObject(call.request);
  const outcome = await createObject(context.registry, definition, scope, call.info.namespace, body);
  answer(call, definition, outcome, scope, 201);
}

async function update(
  context: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
  target: UpdateTarget,
): Promise<void> {
  const name = nameOf(call);
  if (isApply(call)) {
    const { outcome, scope, created } = await applyObject(context.registry, call, definition, {
      name,
      target,
    });
    answer(call, definition, outcome, scope, created ? 201 : 200);
    return;
  }
  const { namespace } = call.info;
  const scope = requestScope(call);
  const replaces = call.info.verb === 'update';
  const produce = replaces ? await replacement(call, name) : await patchFunction(call, definition);
  const outcome = await updateObject(context.registry, definition, scope, {
    namespace,
    name,
    target,
    replaces,
    produce,
  });
  answer(call, definition, outcome, scope);
}

async function replacement(call: ResourceRequest, name: string): Promise<Produce> {
  const body = await readObject(call.request);
  checkBodyIdentity(body.value, name, call.info.namespace);
  return () => ({ value: structuredClone(body.value), duplicates: body.duplicates });
}

async function deleteOne(
  context: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
): Promise<void> {
  const name = nameOf(call);
  const options = deleteParameters(call.info.query, await readOptionalObject(call.request));
  const scope = { ...requestScope(call), dryRun: options.dryRun };
  const outcome = await deleteObject(context.registry, definition, scope, {
    namespace: call.info.namespace,
    name,
    options,
  });
  setWarnings(call.response, scope.warnings);
  if (!outcome.gone) {
    answer(call, definition, outcome, scope, options.acceptedOnly === true ? 202 : 200);
    return;
  }
  sendJson(call.response, 200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name,
      ...(definition.group !== '' && { group: definition.group }),
      kind: definition.resource,
      uid: outcome.object.metadata.uid,
    },
  });
}

async function deleteMany(
  context: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
): Promise<void> {
  const { registry } = context;
  if (definition.namespaced && call.info.namespace === undefined) throw methodNotAllowed();
  const options = deleteParameters(call.info.query, await readOptionalObject(call.request));
  const scope = { ...requestScope(call), dryRun: options.dryRun };
  const page = await listObjects(registry.store, definition, listParameters(call.info));
  for (const { namespace, name } of page.items) {
    try {
      await deleteObject(registry, definition, scope, { namespace, name, options });
    } catch (error) {
      // Somebody else was faster, which is what the request wanted.
      if (!(error instanceof ApiServerError && error.code === 'NotFound')) throw error;
    }
  }
  setWarnings(call.response, scope.warnings);
  sendParts(call.response, 200, formatOf(call, definition).list(page));
}
