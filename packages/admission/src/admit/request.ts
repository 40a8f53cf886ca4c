import type { JsonPatchOperation } from '@virtkit/core-types';
import type { DenialCause } from '../validation/denial.ts';
import type { RequestUser } from '../validation/system-users.ts';

/** What a request does to an object. */
export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** A write, as a webhook, a client before it sends it, or a tool without a cluster sees it. */
export interface AdmissionRequest {
  readonly operation: AdmissionOperation;
  readonly resource: { readonly group: string; readonly version: string; readonly plural: string };
  /** Such as `status` or `eviction`. */
  readonly subresource?: string | undefined;
  /** Of the request; that of the object where absent. */
  readonly namespace?: string | undefined;
  /** Of the request; that of the object where absent. */
  readonly name?: string | undefined;
  /** The object as JSON; absent for DELETE. */
  readonly object?: unknown;
  /** The stored object; absent for CREATE. */
  readonly oldObject?: unknown;
  readonly user: RequestUser;
  readonly dryRun?: boolean | undefined;
}

/** What admission makes of a request. */
export interface AdmissionResult {
  readonly allowed: boolean;
  /** The object as it would be stored; as far as it came where the request is refused. */
  readonly object: unknown;
  /** What mutation changed, in the operations that KubeVirt's webhooks answer with; applied to the object of the request. */
  readonly patch: readonly JsonPatchOperation[];
  /** HTTP status of a refusal; absent where KubeVirt gives none, which the API server turns into 400. */
  readonly code?: number;
  /** Reason of the Status of a refusal, such as `Invalid`; absent where KubeVirt gives none. */
  readonly reason?: string;
  /** Why the request is refused. */
  readonly message?: string;
  readonly causes?: readonly DenialCause[];
  readonly warnings: readonly string[];
}

/** The namespace that a request is about: its own, else its object's. */
export function namespaceOf({ namespace, object, oldObject }: AdmissionRequest): string {
  return namespace ?? metadataText(object, 'namespace') ?? metadataText(oldObject, 'namespace') ?? '';
}

/** The name that a request is about; empty while it is still to be generated. */
export function nameOf({ name, object, oldObject }: AdmissionRequest): string {
  return name ?? metadataText(object, 'name') ?? metadataText(oldObject, 'name') ?? '';
}

function metadataText(object: unknown, member: 'name' | 'namespace'): string | undefined {
  const metadata = memberOf(object, 'metadata');
  const text = memberOf(metadata, member);
  return typeof text === 'string' ? text : undefined;
}

/** A member of a JSON object; undefined where there is none. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
