import type { AdmissionRequest } from '../admission/types.ts';
import {
  accountName,
  type ClaimedObject,
  type ServiceAccountClaims,
} from '../authentication/service-account-claims.ts';
import type { ServiceAccountTokens } from '../authentication/service-account-tokens.ts';
import {
  ApiServerError,
  conflict,
  invalid,
  methodNotAllowed,
  notFound,
  type StatusCause,
} from '../errors.ts';
import { elementsOf, isObject, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import { timestamp, type KubeObject } from '../object/types.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { keyOf, operationOptions, type Registry } from '../registry/registry.ts';
import { TOKEN_REQUEST } from '../kinds/reviews.ts';
import { requestScope, type ResourceRequest, type ServerContext } from './context.ts';
import { sendJson, setWarnings } from './respond.ts';
import { readReview } from './review-body.ts';

const TYPE = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' };
const SUBJECT = { group: 'authentication.k8s.io', resource: 'TokenRequest' };
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
  if (verb !== 'create') throw methodNotAllowed();
  const scope = requestScope(call);
  const body = await readReview(TOKEN_REQUEST, call, scope, ['uid']);
  const { registry, accountTokens } = context;
  checkName(body, name);
  const account = registry.store.get(keyOf(definition, namespace, name))?.object;
  if (account === undefined) throw notFound(definition, name);
  checkUid(body, account);
  const metadata = {
    ...body.metadata,
    name,
    namespace,
    uid: account.metadata.uid,
    creationTimestamp: timestamp(registry.now()),
  };
  const admitted: AdmissionRequest = {
    operation: 'CREATE',
    resource: { group: '', version: 'v1', resource: 'serviceaccounts' },
    kind: TYPE.kind,
    kindVersion: { group: SUBJECT.group, version: 'v1' },
    subresource: 'token',
    namespace,
    name,
    user: scope.user,
    dryRun: scope.dryRun,
    object: undefined,
    oldObject: undefined,
    options: operationOptions('CreateOptions', scope),
  };
  const asked = { ...TYPE, metadata, spec: { ...specOf(body, accountTokens) } };
  const object = await registry.admission.mutate(admitted, asked, scope.warnings);
  const spec = specOf(object, accountTokens);
  await registry.admission.validate({ ...admitted, object }, scope.warnings);
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

function checkName({ metadata }: JsonObject, name: string): void {
  const own = membersOf(metadata).name;
  if (stringOf(own) !== '' && own !== name)
    throw invalid(SUBJECT, name, [
      bad('metadata.name', own, 'must match the service account name if specified'),
    ]);
}

function checkUid({ metadata }: JsonObject, account: KubeObject): void {
  const uid = stringOf(membersOf(metadata).uid);
  if (uid !== '' && uid !== account.metadata.uid)
    throw conflict(
      SUBJECT,
      account.metadata.name ?? '',
      `the UID in the token request (${uid}) does not match the UID of the service account (${account.metadata.uid ?? ''})`,
    );
}

function bad(field: string, value: unknown, why: string): StatusCause {
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${why}` };
}

function specOf(body: JsonObject, { issuer }: ServiceAccountTokens): Spec {
  const { audiences, expirationSeconds, boundObjectRef } = membersOf(body.spec);
  const seconds = typeof expirationSeconds === 'number' ? expirationSeconds : DEFAULT_SECONDS;
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
  // Of the core group any version will do.
  const core = !apiVersion.includes('/');
  const resource = core && Object.hasOwn(BINDABLE, kind) ? BINDABLE[kind] : undefined;
  if (resource === undefined)
    throw new ApiServerError(
      'BadRequest',
      `cannot bind token to object of type ${core ? '/' : ''}${apiVersion}, Kind=${kind}`,
    );
  if (name === '') throw new ApiServerError('BadRequest', 'Name parameter required.');
  const find = (storage: string, named: string) =>
    registry.store.get({ resource: storage, namespace: storage === 'nodes' ? '' : namespace, name: named });
  const object = find(resource, name)?.object;
  if (object === undefined) throw notFound({ group: '', resource }, name);
  const { serviceAccountName, nodeName } = membersOf(object.spec);
  if (kind === 'Pod' && serviceAccountName !== account)
    throw new ApiServerError(
      'BadRequest',
      `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
    );
  if (uid !== '' && uid !== object.metadata.uid)
    throw conflict(
      { group: '', resource: kind },
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  if (kind === 'Secret') return { secret: claimed(object) };
  if (kind === 'Node') return { node: claimed(object) };
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
