import { ApiServerError, malformedRevision, methodNotAllowed, notFound } from '../errors.ts';
import { membersOf, stringOf } from '../object/json.ts';
import { conform, type ParsedBody } from '../registry/conform.ts';
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
import { sendJson, sendParts, sendText, setWarnings, unknownSubresource } from './respond.ts';
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
  const { origin, deprecationWarning } = definition;
  const warn = () => deprecationWarning !== undefined && setWarnings(call.response, [deprecationWarning]);
  // What a built-in kind cannot do is nothing of its version; of a custom resource everything is.
  if (origin === 'custom') warn();
  if (info.subresource !== undefined && info.subresource !== 'status') {
    await handleSubresource(context, call, definition);
    return;
  }
  const target: UpdateTarget = info.subresource === 'status' ? 'status' : 'main';
  if (target === 'status' && !definition.status) throw unknownSubresource(definition, info.name ?? '');
  if (origin === 'builtin') warn();
  try {
    await dispatch(context, call, definition, target);
  } catch (error) {
    if (origin === 'builtin' && error instanceof ApiServerError && error.code === 'MethodNotAllowed')
      call.response.removeHeader('warning');
    throw error;
  }
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
        negotiate(call.request, definition, info.query, 'object').watchFormat(),
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

function formatOf(
  call: ResourceRequest,
  definition: ResourceDefinition,
  answer: 'list' | 'object' = 'object',
): ResponseFormat {
  return negotiate(call.request, definition, call.info.query, answer);
}

function answer(
  call: ResourceRequest,
  definition: ResourceDefinition,
  outcome: Outcome,
  scope: RequestScope | undefined,
  status = 200,
): void {
  if (scope !== undefined) setWarnings(call.response, warningsOf(definition, scope));
  sendText(call.response, status, formatOf(call, definition).object(outcome));
}

function warningsOf({ deprecationWarning }: ResourceDefinition, { warnings }: RequestScope): string[] {
  return [...(deprecationWarning === undefined ? [] : [deprecationWarning]), ...warnings];
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
  // Whether the client reads any answer of this server is looked at first.
  formatOf(call, definition);
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
  const format = formatOf(call, definition, 'list');
  const page = await listObjects(registry.store, definition, listParameters(call.info));
  sendParts(call.response, 200, format.list(page));
}

async function create(
  context: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
): Promise<void> {
  if (call.info.name !== undefined || (definition.namespaced && call.info.namespace === undefined))
    throw methodNotAllowed();
  const scope = requestScope(call);
  const body = await readWhole(call, definition);
  const outcome = await telling(call, definition, scope, () =>
    createObject(context.registry, definition, scope, call.info.namespace, body),
  );
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
  if (replaces && target === 'main' && definition.createsOnUpdate === true)
    if (context.registry.store.get(keyOf(definition, namespace, name)) === undefined)
      return createByUpdate(context, call, definition, scope, name);
  const present = context.registry.store.get(keyOf(definition, namespace, name)) !== undefined;
  const produce = replaces
    ? await replacement(call, definition, scope, { name, present })
    : await patchFunction(call, definition);
  const outcome = await telling(call, definition, scope, () =>
    updateObject(context.registry, definition, scope, { namespace, name, target, replaces, produce }),
  );
  answer(call, definition, outcome, scope);
}

/** Makes what a PUT did not find. */
async function createByUpdate(
  { registry }: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
  scope: RequestScope,
  name: string,
): Promise<void> {
  call.authorize('create');
  const body = await readWhole(call, definition);
  checkReadable(definition, body, scope);
  checkBodyIdentity(body.value, name, call.info.namespace);
  const metadata = membersOf(body.value.metadata);
  const revision = stringOf(metadata.resourceVersion);
  if (!/^\d*$/.test(revision)) throw malformedRevision(revision);
  // The revision that it once had is of no importance.
  Reflect.deleteProperty(metadata, 'resourceVersion');
  const outcome = await telling(call, definition, scope, () =>
    createObject(registry, definition, scope, call.info.namespace, body),
  );
  answer(call, definition, outcome, scope, 201);
}

async function replacement(
  call: ResourceRequest,
  definition: ResourceDefinition,
  scope: RequestScope,
  { name, present }: { name: string; present: boolean },
): Promise<Produce> {
  const body = await readWhole(call, definition);
  const metadata = membersOf(body.value.metadata);
  // Kubernetes reads the whole object before it looks for the one that it replaces, which only shows if one of them is amiss.
  if (!present || metadata.name !== name) checkReadable(definition, body, scope);
  checkBodyIdentity(body.value, name, call.info.namespace);
  return () => ({ value: structuredClone(body.value), duplicates: body.duplicates });
}

/** Reads an object of the resource, whatever is wrong with its members. */
function readWhole({ request }: ResourceRequest, { origin, kind }: ResourceDefinition): Promise<ParsedBody> {
  return readObject(request, origin === 'custom' ? kind : undefined);
}

/** @throws ApiServerError `BadRequest` for a body that is no object of this kind. */
function checkReadable(definition: ResourceDefinition, body: ParsedBody, scope: RequestScope): void {
  conform(definition, { ...body, value: structuredClone(body.value) }, scope);
}

/** Tells what a body is warned of even if the request is refused in the end. */
async function telling<T>(
  call: ResourceRequest,
  definition: ResourceDefinition,
  scope: RequestScope,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    setWarnings(call.response, warningsOf(definition, scope));
    throw error;
  }
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
  if (!outcome.gone || definition.answersDeleted === true) {
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
  sendParts(call.response, 200, formatOf(call, definition, 'list').list(page));
}
