import { applyJsonPatch, applyMergePatch, CoreTypesError, type KubernetesObject } from '@virtkit/core-types';
import type { Judge } from '../admission/judge.ts';
import type { Judgement, LeftToServer } from '../admission/judgement.ts';
import { plannedCreation, plannedUpdate, type PlannedWrite } from '../admission/planned-write.ts';
import { isApiError, type ApiError } from '../errors.ts';
import type { Patch } from '../resource/options.ts';
import type { WarningHandler } from '../warnings.ts';
import { assertFitsSchema } from './schema-findings.ts';
import type { CheckedClient, CheckOptions, WriteCheck } from './write-check.ts';

/** Objects are judged as the server's admission will, and must fit the schema of their kind. */
export function admissionCheck(judge: Judge, onWarning: WarningHandler): WriteCheck {
  return new AdmissionCheck(judge, onWarning);
}

/** The stored object: found, not there, or not readable for this user. */
type Stored<T> =
  | { readonly state: 'found'; readonly object: T }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly cause: ApiError };

class AdmissionCheck implements WriteCheck {
  readonly #judge: Judge;
  readonly #warn: WarningHandler;

  constructor(judge: Judge, onWarning: WarningHandler) {
    this.#judge = judge;
    this.#warn = onWarning;
  }

  /** Admission says more of an object, and the server's words for it; what it lets pass is held against the schema then. */
  object(): void {
    return undefined;
  }

  async creation<T extends KubernetesObject>(
    { definition }: CheckedClient<T>,
    object: T,
    options: CheckOptions,
  ): Promise<void> {
    await this.#settle(plannedCreation(definition, object, options), options.signal);
    assertFitsSchema(definition, object);
  }

  async replacement<T extends KubernetesObject>(
    client: CheckedClient<T>,
    object: T,
    options: CheckOptions,
  ): Promise<void> {
    const name = object.metadata.name ?? '';
    const stored = await this.#stored(client, name, options);
    // Without a stored object the server refuses the request for that reason.
    if (stored?.state === 'found')
      await this.change(client, { stored: stored.object, changed: object }, options);
    if (options.subresource === undefined) assertFitsSchema(client.definition, object);
  }

  async patch<T extends KubernetesObject>(
    client: CheckedClient<T>,
    name: string,
    patch: Patch,
    options: CheckOptions,
  ): Promise<void> {
    // Server-side apply alone takes objects, and creates what is not there.
    const applied =
      patch.type === 'apply' && options.subresource === undefined ? (patch.body as T) : undefined;
    const stored = await this.#stored(client, name, options);
    if (stored === undefined && applied !== undefined) assertFitsSchema(client.definition, applied);
    if (stored?.state === 'absent' && applied !== undefined) await this.creation(client, applied, options);
    if (stored?.state !== 'found') return;
    const changed = patched(stored.object, patch);
    if (changed === 'server-only') {
      const why = `what a patch of type "${patch.type}" makes of the object is known to the server alone`;
      this.#leave({ definition: client.definition, namespace: options.namespace, name }, { why });
      return;
    }
    if (changed === 'does-not-apply') return;
    await this.change(client, { stored: stored.object, changed }, options);
  }

  async change<T extends KubernetesObject>(
    { definition }: CheckedClient<T>,
    sides: { readonly stored: T; readonly changed: T },
    options: Omit<CheckOptions, 'namespace'>,
  ): Promise<void> {
    // The server refuses a change of another version for that reason.
    const version = sides.changed.metadata.resourceVersion;
    if (version !== undefined && version !== sides.stored.metadata.resourceVersion) return;
    await this.#settle(plannedUpdate(definition, sides, options), options.signal);
  }

  /** Undefined where admission does not look at changes of this kind, so that nothing need be read. */
  async #stored<T extends KubernetesObject>(
    client: CheckedClient<T>,
    name: string,
    { namespace, subresource, signal }: CheckOptions,
  ): Promise<Stored<T> | undefined> {
    const { definition } = client;
    if (!(await this.#judge.concerns({ definition, operation: 'UPDATE', subresource }))) return undefined;
    try {
      return { state: 'found', object: await client.get(name, { namespace, signal }) };
    } catch (error) {
      if (isApiError(error, 'not-found')) return { state: 'absent' };
      if (!isApiError(error) || error.code === 'aborted' || error.code === 'closed') throw error;
      const why = `the stored object cannot be read: ${error.message}`;
      this.#leave({ definition, namespace, name }, { why, cause: error });
      return { state: 'unknown', cause: error };
    }
  }

  /** Raises the refusal, if that is certain; what is not is left to the server, and said. */
  async #settle<T extends KubernetesObject>(write: PlannedWrite<T>, signal?: AbortSignal): Promise<void> {
    const judgement = await this.#judge.judge(write, signal);
    for (const left of judgement.leftToServer) this.#leave(write, left);
    if (judgement.verdict !== 'refused' || judgement.refusal === undefined) return;
    // Of what is sent the server gives the warnings.
    this.#warnings(write, judgement);
    throw judgement.refusal;
  }

  #warnings<T extends KubernetesObject>(write: PlannedWrite<T>, { warnings }: Judgement<T>): void {
    for (const text of warnings) this.#tell(write, 'admission', text);
  }

  #leave<T extends KubernetesObject>(
    write: Pick<PlannedWrite<T>, 'definition' | 'namespace' | 'name'>,
    { why }: LeftToServer,
  ): void {
    this.#tell(write, 'undecided', `${write.definition.kind} is left to the server to judge: ${why}`);
  }

  #tell<T extends KubernetesObject>(
    {
      definition: { kind, namespaced },
      namespace,
      name,
    }: Pick<PlannedWrite<T>, 'definition' | 'namespace' | 'name'>,
    source: 'admission' | 'undecided',
    text: string,
  ): void {
    this.#warn({ source, text, kind, namespace: namespaced ? namespace : undefined, name });
  }
}

/** What a patch makes of an object, where that does not depend on what only the server knows. */
function patched<T extends object>(object: T, patch: Patch): T | 'server-only' | 'does-not-apply' {
  switch (patch.type) {
    case 'merge':
      return applyMergePatch(object, patch.body) as T;
    case 'json':
      try {
        return applyJsonPatch(object, patch.operations);
      } catch (error) {
        // The server refuses it too, unless the object has changed meanwhile.
        if (error instanceof CoreTypesError) return 'does-not-apply';
        throw error;
      }
    case 'strategic':
    case 'apply':
      return 'server-only';
    default:
      return patch satisfies never;
  }
}
