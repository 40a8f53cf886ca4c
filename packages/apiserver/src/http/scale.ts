import { served } from '../conversion/remote.ts';
import { ApiServerError, invalid, methodNotAllowed, notFound } from '../errors.ts';
import { invalidCause } from '../kinds/field-causes.ts';
import { FieldManager } from '../apply/field-manager.ts';
import { ownersOfParent, ownersOfScale, replicasPaths, SCALE } from '../apply/scale-owners.ts';
import {
  isObject,
  membersOf,
  setValueAt,
  stringOf,
  valueAt,
  cloneJson,
  type JsonObject,
} from '../object/json.ts';
import { selectorText } from '../object/embedded-selector.ts';
import type { KubeObject } from '../object/types.ts';
import { fromStorage, type ResourceDefinition, type ScalePaths } from '../registry/definition.ts';
import { keyOf, type RequestScope } from '../registry/registry.ts';
import { bodyOf, updateObject } from '../registry/update.ts';
import { ageColumn, countColumn, nameColumn } from '../table/common-columns.ts';
import { tableHead, tableRow } from '../table/table.ts';
import { acceptedShape } from './accept.ts';
import { isApply, readApplyRequest, reportDuplicates } from './apply-request.ts';
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
    const scale = scaleOf(await served(definition, stored.object), paths);
    sendJson(
      call.response,
      200,
      acceptedShape(call.request.headers.accept) === 'table' ? tableOf(scale) : scale,
    );
    return;
  }
  if (verb !== 'update' && verb !== 'patch') throw methodNotAllowed();
  const scope = requestScope(call);
  const pathsOf = replicasPaths(context.registry.catalogue, definition);
  const change = await scaleChange(context, call, definition, scope);
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
      show: (object) => scaleOf(object, paths, 0),
      apply: (object, scale) => withScale(definition, object, scale, paths),
    },
    produce: async (current) => {
      const scale = scaleOf(current, paths, UNSAID);
      scale.metadata.managedFields = ownersOfScale(current, pathsOf);
      const wanted = await change(scale);
      const next = withScale(definition, current, wanted, paths);
      next.metadata.managedFields = ownersOfParent(current, wanted, pathsOf, definition);
      return { ...bodyOf(next), applied: true };
    },
  });
  setWarnings(call.response, scope.warnings);
  sendJson(call.response, 200, scaleOf(fromStorage(definition, outcome.object), paths));
}

/** Stands for a number that an object does not say: a client cannot mean it. */
const UNSAID = -(2 ** 31);

const COLUMNS = [
  nameColumn(),
  countColumn('Desired', 'Replicas that are wanted.', ({ spec }) => numberOf(membersOf(spec).replicas)),
  countColumn('Available', 'Replicas that there are.', ({ status }) => numberOf(membersOf(status).replicas)),
  ageColumn(),
];

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** A Scale as `kubectl get --subresource=scale` wants it. */
function tableOf(scale: KubeObject): JsonObject {
  return {
    ...tableHead(COLUMNS, { resourceVersion: scale.metadata.resourceVersion }),
    rows: [tableRow(COLUMNS, scale, 'Metadata', new Date())],
  };
}

/** Makes a new Scale, with its owners, from the present one. */
type Change = (current: KubeObject) => Promise<KubeObject>;

async function scaleChange(
  { registry }: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
  { fieldManager }: RequestScope,
): Promise<Change> {
  const { catalogue, now } = registry;
  const manager = new FieldManager({ catalogue, definition: SCALE, subresource: 'scale', now });
  if (isApply(call)) {
    const request = await readApplyRequest(call);
    return async (current) => {
      const { value } = request.configuration;
      const scale = await manager.apply(current, structuredClone(value), fieldManager, request.force);
      reportDuplicates(request);
      return scale;
    };
  }
  const produce =
    call.info.verb === 'update' ? await wholeScale(call) : await patchFunction(call, definition);
  return async (current) => {
    const { value } = produce(cloneJson(current));
    const scale = { ...value, ...typeOf(current), metadata: { ...membersOf(value.metadata) } };
    await manager.update(current, scale, fieldManager);
    return scale;
  };
}

function typeOf({ apiVersion, kind }: KubeObject): Pick<KubeObject, 'apiVersion' | 'kind'> {
  return { apiVersion, kind };
}

async function wholeScale(call: ResourceRequest): Promise<Produce> {
  const body = await readObject(call.request);
  return () => body;
}

function withScale(
  { origin }: ResourceDefinition,
  current: KubeObject,
  scale: Record<string, unknown>,
  paths: ScalePaths,
): KubeObject {
  const replicas = valueAt(scale, ['spec', 'replicas']) ?? 0;
  if (replicas === UNSAID && origin !== 'builtin')
    throw new ApiServerError(
      'BadRequest',
      `the spec replicas field ".${paths.specReplicas.join('.')}" cannot be empty`,
    );
  // Those of a custom resource are checked with the rest of it.
  if (!Number.isInteger(replicas) || (Number(replicas) < 0 && origin === 'builtin'))
    throw invalid({ group: 'autoscaling', resource: '', kind: 'Scale' }, current.metadata.name ?? '', [
      invalidCause('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ]);
  const next = cloneJson(current);
  setValueAt(next, paths.specReplicas, replicas);
  const revision = valueAt(scale, ['metadata', 'resourceVersion']);
  if (typeof revision === 'string' && revision !== '') next.metadata.resourceVersion = revision;
  return next;
}

/** @param fallback what stands for a number that the object does not say; without it that is an error. */
function scaleOf(object: KubeObject, paths: ScalePaths, fallback?: number): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = valueAt(object, paths.specReplicas) ?? fallback;
  if (replicas === undefined) {
    const message = `the spec replicas field ".${paths.specReplicas.join('.')}" does not exist`;
    throw new ApiServerError('InternalError', `Internal error occurred: ${message}`, {
      causes: [{ message }],
    });
  }
  const selector = paths.labelSelector === undefined ? undefined : valueAt(object, paths.labelSelector);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: Number(replicas) },
    status: {
      replicas: Number(valueAt(object, paths.statusReplicas) ?? 0),
      ...(selector !== undefined && {
        selector: isObject(selector) ? selectorText(selector) : stringOf(selector),
      }),
    },
  };
}
