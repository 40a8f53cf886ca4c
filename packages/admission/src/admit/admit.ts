import { applyJsonPatch, type JsonPatchOperation } from '@virtkit/core-types';
import { badRequest, type Denial, type Verdict } from '../validation/denial.ts';
import type { AdmissionContext } from './context.ts';
import type { KindAdmission, KindMutation } from './kind.ts';
import { kinds } from './kinds/index.ts';
import { LookUpFailure } from './look-up.ts';
import { memberOf, type AdmissionOperation, type AdmissionRequest, type AdmissionResult } from './request.ts';

/** What a request is about, without its objects. */
export interface AdmissionTarget {
  readonly group: string;
  readonly plural: string;
  readonly subresource?: string | undefined;
}

/** Whether admission has anything to say of such requests; of others `admit` allows all. */
export function isAdmitted(target: AdmissionTarget, operation: AdmissionOperation): boolean {
  const kind = kindOf(target);
  return kind !== undefined && (mutates(kind, operation) || kind.validates.includes(operation));
}

/**
 * Admits a request as KubeVirt's webhooks do: what the object lacks is filled in, then it is judged. The same in a webhook,
 * before a request is sent, in a browser and without a cluster; it reads and writes nothing but through `context`. Objects of
 * kinds that KubeVirt does not look at pass.
 */
export async function admit(request: AdmissionRequest, context: AdmissionContext): Promise<AdmissionResult> {
  const mutated = await mutateRequest(request, context);
  if (!mutated.allowed) return mutated;
  const judged = await validateRequest({ ...request, object: mutated.object }, context);
  return { ...judged, patch: mutated.patch, warnings: [...mutated.warnings, ...judged.warnings] };
}

/** The mutating half of `admit`, as the mutating webhooks answer. */
export async function mutateRequest(
  request: AdmissionRequest,
  context: AdmissionContext,
): Promise<AdmissionResult> {
  const kind = kindOf(targetOf(request));
  const { object } = request;
  if (kind?.mutate === undefined || !mutates(kind, request.operation)) return allowed(object);
  const unknown = unknownVersion(kind, request);
  if (unknown !== undefined) return denied(object, unknown);
  const ask = kind.mutate.bind(kind);
  const mutation = await answer(
    async () => ask(request, context),
    (denial): KindMutation => ({ ok: false, denied: denial }),
  );
  if (!mutation.ok) return denied(object, mutation.denied);
  const { patch, warnings } = mutation;
  return { ...allowed(patched(object, patch), warnings), patch };
}

/** The judging half of `admit`, as the validating webhooks answer. */
export async function validateRequest(
  request: AdmissionRequest,
  context: AdmissionContext,
): Promise<AdmissionResult> {
  const kind = kindOf(targetOf(request));
  const { object } = request;
  if (kind?.validates.includes(request.operation) !== true) return allowed(object);
  const unknown = unknownVersion(kind, request);
  if (unknown !== undefined) return denied(object, unknown);
  const verdict = await answer(
    async (): Promise<Verdict> => kind.validate(request, context),
    (refusal) => ({ denied: refusal }),
  );
  const { denied: denial, warnings = [] } = verdict;
  return denial === undefined ? allowed(object, warnings) : denied(object, denial, warnings);
}

function mutates({ mutates: operations = [] }: KindAdmission, operation: AdmissionOperation): boolean {
  return operations.includes(operation);
}

function targetOf({ resource: { group, plural }, subresource }: AdmissionRequest): AdmissionTarget {
  return { group, plural, subresource };
}

function kindOf({ group, plural, subresource }: AdmissionTarget): KindAdmission | undefined {
  return kinds.find(
    ({ resource, subresource: own }) =>
      resource.group === group && resource.plural === plural && (own ?? '') === (subresource ?? ''),
  );
}

/** A version that nobody serves; the API server asks for those that it can convert only (KubeVirt rule GEN-02). */
function unknownVersion(
  { resource }: KindAdmission,
  { resource: { version } }: AdmissionRequest,
): Denial | undefined {
  if (resource.versions.includes(version)) return undefined;
  return badRequest(`${resource.plural}.${resource.group} has no version "${version}"`);
}

/** A look-up that fails refuses the request (KubeVirt rule GEN-02). */
async function answer<T>(ask: () => Promise<T>, failed: (denial: Denial) => T): Promise<T> {
  try {
    return await ask();
  } catch (failure) {
    if (failure instanceof LookUpFailure) return failed(badRequest(failure.message));
    throw failure;
  }
}

/** The object with the operations applied; unlike in a JSON patch, what is replaced need not be there (as with a new status). */
function patched(object: unknown, patch: readonly JsonPatchOperation[]): unknown {
  const strict = patch.map((operation): JsonPatchOperation =>
    operation.op === 'replace' && memberOf(object, operation.path.slice(1)) === undefined
      ? { ...operation, op: 'add' }
      : operation,
  );
  return applyJsonPatch(object, strict);
}

function allowed(object: unknown, warnings: readonly string[] = []): AdmissionResult {
  return { allowed: true, object, patch: [], warnings };
}

function denied(object: unknown, denial: Denial, warnings: readonly string[] = []): AdmissionResult {
  return { allowed: false, object, patch: [], ...denial, warnings };
}
