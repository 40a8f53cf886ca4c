import {
  accountName,
  type ClaimedObject,
  type ServiceAccountClaims,
} from '../authentication/service-account-claims.ts';
import type { ServiceAccountTokens } from '../authentication/service-account-tokens.ts';
import { ApiServerError, conflict, invalid, notFound, type StatusCause } from '../errors.ts';
import { elementsOf, isObject, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import { timestamp, type KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { keyOf, type Registry } from '../registry/registry.ts';
import { readObject } from './body.ts';
import { requestScope, type ResourceRequest, type ServerContext } from './context.ts';
import { sendJson, setWarnings } from './respond.ts';

const TYPE = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' };
const SUBJECT = { group: 'authentication.k8s.io', resource: 'tokenrequests', kind: 'TokenRequest' };
const DEFAULT_SECONDS = 3600;
const SHORTEST_SECONDS = 600;
const LONGEST_SECONDS = 2 ** 32;
/** Kubelets ask for this many seconds when old clients are to go on with a token that they do not read anew. */
const LENIENT_SECONDS = 3607;
const YEAR_SECONDS = 365 * 24 * 3600;

/** Kinds that a token can be bound to. */
const BINDABLE: Readonly<Record<string, string>> = { Pod: 'pods', Node: 'nodes', Secret: 'secrets' };

/** `POST serviceaccounts/{name}/token`: a token of the account, bound to an object if asked for. @throws ApiServerError */
export async function handleTokenRequest(
  context: ServerContext,
  call: ResourceRequest,
  definition: ResourceDefinition,
): Promise<void> {
  const { name = '', namespace = '', verb } = call.info;
  if (verb !== 'create')
    throw new ApiServerError('MethodNotAllowed', `${verb} is not possible on the token subresource`);
  const { value: body } = await readObject(call.request);
  checkType(body);
  const { registry, accountTokens } = context;
  const account = registry.store.get(keyOf(definition, namespace, name))?.object;
  if (account === undefined) throw notFound(definition, name);
  checkMetadata(body, account);
  const spec = specOf(body, accountTokens);
  const scope = requestScope(call);
  const metadata = {
    name,
    namespace,
    uid: account.metadata.uid,
    creationTimestamp: timestamp(registry.now()),
  };
  await registry.admission.validate(
    {
      operation: 'CREATE',
      resource: { group: '', version: 'v1', resource: 'serviceaccounts' },
      kind: TYPE.kind,
      subresource: 'token',
      namespace,
      name,
      user: scope.user,
      dryRun: scope.dryRun,
      object: { ...TYPE, metadata, spec: { ...spec } },
      oldObject: undefined,
    },
    scope.warnings,
  );
  const bound = boundClaims(registry, spec.boundObjectRef, name, namespace);
  const { seconds, warnafter } = lifetime(registry, spec, bound, accountTokens);
  const claims: ServiceAccountClaims = {
    namespace,
    serviceaccount: claimed(account),
    ...bound,
    ...(warnafter !== undefined && { warnafter }),
  };
  const token = await accountTokens.sign(accountName(namespace, name), spec.audiences, seconds, claims);
  setWarnings(call.response, scope.warnings);
  const expires = new Date(registry.now().getTime() + spec.expirationSeconds * 1000);
  sendJson(call.response, 201, {
    ...TYPE,
    metadata,
    spec,
    status: { token, expirationTimestamp: timestamp(expires) },
  });
}

interface Spec {
  audiences: readonly string[];
  expirationSeconds: number;
  boundObjectRef: JsonObject | null;
}

function checkType({ apiVersion = TYPE.apiVersion, kind = TYPE.kind }: JsonObject): void {
  if (apiVersion === TYPE.apiVersion && kind === TYPE.kind) return;
  throw new ApiServerError(
    'BadRequest',
    `the object is ${stringOf(apiVersion)} ${stringOf(kind)}, this path takes ${TYPE.apiVersion} ${TYPE.kind}`,
  );
}

function checkMetadata({ metadata }: JsonObject, account: KubeObject): void {
  const { name, namespace, uid } = membersOf(metadata);
  const causes: StatusCause[] = [];
  const own = account.metadata;
  if (stringOf(name) !== '' && name !== own.name)
    causes.push(bad('metadata.name', name, 'must match the service account name if specified'));
  if (stringOf(namespace) !== '' && namespace !== own.namespace)
    causes.push(
      bad('metadata.namespace', namespace, 'must match the service account namespace if specified'),
    );
  if (causes.length > 0) throw invalid(SUBJECT, own.name ?? '', causes);
  if (stringOf(uid) !== '' && uid !== own.uid)
    throw conflict(
      SUBJECT,
      own.name ?? '',
      `the UID in the token request (${stringOf(uid)}) does not match the UID of the service account (${own.uid ?? ''})`,
    );
}

function bad(field: string, value: unknown, why: string): StatusCause {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}

function specOf(body: JsonObject, { issuer }: ServiceAccountTokens): Spec {
  const { audiences, expirationSeconds = DEFAULT_SECONDS, boundObjectRef } = membersOf(body.spec);
  const seconds = expirationSeconds === null ? DEFAULT_SECONDS : expirationSeconds;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds))
    throw new ApiServerError('BadRequest', 'spec.expirationSeconds of a TokenRequest must be an integer');
  const field = 'spec.expirationSeconds';
  if (seconds < SHORTEST_SECONDS)
    throw invalid(SUBJECT, '', [bad(field, seconds, 'may not specify a duration less than 10 minutes')]);
  if (seconds > LONGEST_SECONDS)
    throw invalid(SUBJECT, '', [bad(field, seconds, 'may not specify a duration larger than 2^32 seconds')]);
  const wanted = elementsOf(audiences).filter((audience) => typeof audience === 'string');
  return {
    audiences: wanted.length > 0 ? wanted : [issuer],
    expirationSeconds: seconds,
    boundObjectRef: isObject(boundObjectRef) ? boundObjectRef : null,
  };
}

function boundClaims(
  registry: Registry,
  reference: JsonObject | null,
  account: string,
  namespace: string,
): Pick<ServiceAccountClaims, 'pod' | 'node' | 'secret'> {
  if (reference === null) return {};
  const kind = stringOf(reference.kind);
  const apiVersion = stringOf(reference.apiVersion);
  const name = stringOf(reference.name);
  const uid = stringOf(reference.uid);
  const resource = apiVersion === 'v1' && Object.hasOwn(BINDABLE, kind) ? BINDABLE[kind] : undefined;
  if (resource === undefined)
    throw new ApiServerError('BadRequest', `cannot bind token to object of type ${apiVersion}, Kind=${kind}`);
  const find = (storage: string, named: string) =>
    registry.store.get({ resource: storage, namespace: storage === 'nodes' ? '' : namespace, name: named });
  const object = find(resource, name)?.object;
  if (object === undefined) throw notFound({ group: '', resource }, name);
  if (uid !== '' && uid !== object.metadata.uid)
    throw conflict(
      { group: '', resource: kind },
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  if (kind === 'Secret') return { secret: claimed(object) };
  if (kind === 'Node') return { node: claimed(object) };
  const { serviceAccountName, nodeName } = membersOf(object.spec);
  if (serviceAccountName !== account)
    throw new ApiServerError(
      'BadRequest',
      `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
    );
  if (stringOf(nodeName) === '') return { pod: claimed(object) };
  // A node that has not registered itself is called by its name all the same.
  const node = find('nodes', stringOf(nodeName))?.object;
  return { pod: claimed(object), node: node === undefined ? { name: stringOf(nodeName) } : claimed(node) };
}

function claimed({ metadata }: KubeObject): ClaimedObject {
  return { name: metadata.name ?? '', ...(metadata.uid !== undefined && { uid: metadata.uid }) };
}

function lifetime(
  registry: Registry,
  { expirationSeconds, audiences }: Spec,
  { pod }: Pick<ServiceAccountClaims, 'pod'>,
  { issuer }: ServiceAccountTokens,
): { seconds: number; warnafter?: number } {
  const lenient =
    pod !== undefined &&
    expirationSeconds === LENIENT_SECONDS &&
    audiences.every((audience) => audience === issuer);
  if (!lenient) return { seconds: expirationSeconds };
  return {
    seconds: YEAR_SECONDS,
    warnafter: Math.floor(registry.now().getTime() / 1000) + expirationSeconds,
  };
}
