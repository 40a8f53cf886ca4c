import type { AdmissionRequest } from '../admission/types.ts';
import { elementsOf, isObject, membersOf, stringOf, type JsonObject } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import { admissionNamespace, type Invocation } from './match.ts';
import type { AdmissionWebhook } from './types.ts';

/** The objects of a request as a webhook sees them. */
export interface ReviewedObjects {
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
}

/** What a webhook answered. */
export interface ReviewAnswer {
  readonly allowed: boolean;
  /** The Status of a refusal. */
  readonly result: JsonObject | undefined;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
  /** Operations of a JSON patch, as text; empty when nothing is to be changed. */
  readonly patch: string;
}

const KNOWN_VERSIONS = ['v1', 'v1beta1'];
const GROUP = 'admission.k8s.io';
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The version of AdmissionReview in which a webhook is asked; `undefined` if it knows none that this server speaks. */
export function reviewVersion({ admissionReviewVersions }: AdmissionWebhook): string | undefined {
  return admissionReviewVersions.find((version) => KNOWN_VERSIONS.includes(version));
}

/** The AdmissionReview that is sent. */
export function admissionReview(
  version: string,
  uid: string,
  request: AdmissionRequest,
  { target }: Invocation,
  { object, oldObject }: ReviewedObjects,
): JsonObject {
  const { resource, user, subresource, view } = request;
  const seen = target ?? { ...resource, kind: request.kind };
  const kindIn = (group: string, apiVersion: string, kind: string) =>
    view === undefined
      ? { group, version: apiVersion, kind }
      : { group: view.group, version: view.version, kind: view.kind };
  const namespace = admissionNamespace(request);
  const requestKind = request.kindVersion ?? { group: resource.group, version: resource.version };
  return {
    kind: 'AdmissionReview',
    apiVersion: `${GROUP}/${version}`,
    request: {
      uid,
      kind:
        target === undefined
          ? kindIn(requestKind.group, requestKind.version, request.kind)
          : kindIn(seen.group, seen.version, seen.kind),
      resource: { group: seen.group, version: seen.version, resource: seen.resource },
      ...(subresource !== undefined && { subResource: subresource }),
      requestKind: kindIn(requestKind.group, requestKind.version, request.kind),
      requestResource: resource,
      ...(subresource !== undefined && { requestSubResource: subresource }),
      ...(request.name !== '' && { name: request.name }),
      ...(namespace !== undefined && namespace !== '' && { namespace }),
      operation: request.operation,
      userInfo: {
        username: user.name,
        ...(user.uid !== undefined && { uid: user.uid }),
        groups: user.groups,
        ...(user.extra !== undefined && { extra: user.extra }),
      },
      object: object ?? null,
      oldObject: oldObject ?? null,
      dryRun: request.dryRun,
      options: request.options ?? null,
    },
  };
}

/**
 * Reads the answer to a review.
 * @throws Error that says what is wrong with it
 */
export function readAnswer(version: string, uid: string, mutating: boolean, answer: unknown): ReviewAnswer {
  const { response, kind, apiVersion } = membersOf(answer);
  if (!isObject(response)) throw new Error('webhook response was absent');
  if (version === 'v1') checkIdentity({ response, kind, apiVersion }, uid);
  const { patch, patchType } = response;
  const text = stringOf(patch);
  if (!BASE64.test(text.replaceAll(/[\r\n]/g, ''))) throw new Error('response.patch is not base64');
  if (mutating && version === 'v1') checkPatchMembers(text, patchType);
  if (!mutating && version === 'v1') {
    if (text !== '') throw new Error('validating webhook may not return response.patch');
    if (typeof patchType === 'string')
      throw new Error('validating webhook may not return response.patchType');
  }
  if (response.allowed !== undefined && typeof response.allowed !== 'boolean')
    throw new Error('response.allowed is not a boolean');
  return {
    allowed: response.allowed === true,
    result: isObject(response.status) ? response.status : undefined,
    warnings: elementsOf(response.warnings).filter((warning) => typeof warning === 'string'),
    auditAnnotations: Object.fromEntries(
      Object.entries(membersOf(response.auditAnnotations)).map(([key, value]) => [key, stringOf(value)]),
    ),
    patch: mutating ? Buffer.from(text, 'base64').toString('utf8') : '',
  };
}

function checkIdentity(
  { response, kind, apiVersion }: { response: JsonObject; kind: unknown; apiVersion: unknown },
  uid: string,
): void {
  if (response.uid !== uid)
    throw new Error(`expected response.uid="${uid}", got ${JSON.stringify(stringOf(response.uid))}`);
  if (kind !== 'AdmissionReview' || apiVersion !== `${GROUP}/v1`)
    throw new Error(
      `expected webhook response of ${GROUP}/v1, Kind=AdmissionReview, got ${groupVersionText(stringOf(apiVersion))}, Kind=${stringOf(kind)}`,
    );
}

/** Group and version with a slash between them, even if there is no group. */
function groupVersionText(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
}

function checkPatchMembers(patch: string, patchType: unknown): void {
  if (patch !== '' && typeof patchType !== 'string')
    throw new Error('webhook returned response.patch but not response.patchType');
  if (patch === '' && typeof patchType === 'string')
    throw new Error('webhook returned response.patchType but not response.patch');
  if (patchType === '') throw new Error('webhook returned invalid response.patchType of ""');
  if (typeof patchType === 'string' && patchType !== 'JSONPatch')
    throw new Error(`unsupported patch type ${JSON.stringify(patchType)}`);
}
