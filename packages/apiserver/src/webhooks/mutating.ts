import type { AdmissionRequest } from '../admission/types.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import { internalError } from '../errors.ts';
import { cloneJson, equalJson, isObject } from '../object/json.ts';
import { isKubeObject, type KubeObject } from '../object/types.ts';
import { reconform } from '../registry/conform.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import type { Registry } from '../registry/registry.ts';
import { validateSchema } from '../schema/validate.ts';
import { askWebhook } from './ask.ts';
import type { WebhookClient } from './client.ts';
import type { ConfiguredWebhook, WebhookConfigurations } from './configurations.ts';
import { conditionsHold } from './match-conditions.ts';
import { invocationOf, type Invocation } from './match.ts';
import { admissionTimeout, failedCall } from './outcome.ts';
import { VersionedObjects } from './versions.ts';

/** What one request lets mutating webhooks do. */
export interface Mutation {
  readonly request: AdmissionRequest;
  readonly warnings: string[];
  readonly signal: AbortSignal;
  /** Asks everything that comes before webhooks once more. */
  readonly again: (object: KubeObject | undefined) => Promise<KubeObject | undefined>;
}

/**
 * Calls the mutating webhooks that a request concerns, one after the other. When one has changed the object, what comes
 * before webhooks is asked once more, and so are those webhooks called before that change which want it (`IfNeeded`).
 */
export class MutatingWebhooks {
  readonly #registry: Pick<Registry, 'store' | 'catalogue'>;
  readonly #configurations: WebhookConfigurations;
  readonly #client: WebhookClient;
  readonly #authorizer: Authorizer;

  constructor(
    registry: Pick<Registry, 'store' | 'catalogue'>,
    configurations: WebhookConfigurations,
    client: WebhookClient,
    authorizer: Authorizer,
  ) {
    this.#registry = registry;
    this.#configurations = configurations;
    this.#client = client;
    this.#authorizer = authorizer;
  }

  /** The object after all mutations. @throws ApiServerError of the first that refuses, or fails and may not be ignored */
  async mutate(object: KubeObject | undefined, mutation: Mutation): Promise<KubeObject | undefined> {
    const configured = this.#configurations.all;
    if (configured.length === 0) return object;
    const first = await this.#round(configured, object, mutation);
    if (!first.changed) return first.object;
    const between = await mutation.again(first.object);
    // What the first round called last is asked again only if something else has changed the object since.
    const repeated = equalJson(between, first.object) ? first.outdated : first.reinvocable;
    if (repeated.size === 0) return between;
    const second = configured.filter(({ id }) => repeated.has(id));
    return (await this.#round(second, between, mutation)).object;
  }

  async #round(
    configured: readonly ConfiguredWebhook[],
    start: KubeObject | undefined,
    mutation: Mutation,
  ): Promise<Round> {
    const round = new Round(start);
    for (const { webhook, id } of configured) {
      const { request } = mutation;
      const invocation = invocationOf(this.#registry, webhook, request, round.object);
      if (invocation === undefined) continue;
      const next = await this.#call(invocation, round.object, mutation);
      if (next !== undefined && !equalJson(next, round.object)) round.change(next);
      if (webhook.reinvocationPolicy === 'IfNeeded') round.reinvocable.add(id);
    }
    return round;
  }

  /** The changed object, or `undefined` when the webhook has nothing to change. */
  async #call(
    invocation: Invocation,
    object: KubeObject | undefined,
    { request, warnings, signal }: Mutation,
  ): Promise<KubeObject | undefined> {
    const { webhook, target } = invocation;
    const versions = new VersionedObjects(this.#registry.catalogue, request);
    const shown = await versions.show(object, target);
    const objects = { object: shown, oldObject: await versions.show(request.oldObject, target) };
    if (!(await conditionsHold(invocation, request, objects, this.#authorizer))) return undefined;
    const outcome = await askWebhook(this.#client, invocation, request, objects, { mutating: true, signal });
    if (outcome.kind === 'refused') {
      warnings.push(...outcome.warnings);
      throw outcome.error;
    }
    if (outcome.kind === 'failed') {
      if (signal.aborted) throw admissionTimeout();
      if (webhook.failurePolicy === 'Ignore') return undefined;
      throw outcome.error;
    }
    warnings.push(...outcome.answer.warnings);
    if (outcome.answer.patch === '') return undefined;
    const operations = parsePatch(outcome.answer.patch);
    if (operations === undefined) {
      if (webhook.failurePolicy === 'Ignore') return undefined;
      throw failedCall(webhook, 'received undecodable patch in webhook response', outcome.answer.patch);
    }
    if (operations.length === 0) return undefined;
    if (object === undefined || shown === undefined)
      throw internalError(
        `admission webhook ${JSON.stringify(webhook.name)} attempted to modify the object, which is not supported for this operation`,
      );
    const patched = await patchedObject(shown, operations);
    const definition = request.view === undefined ? this.#definition(invocation, request) : undefined;
    if (definition !== undefined) {
      checkTypes(definition, patched);
      reconform(definition, patched);
    }
    return versions.take(object, patched, target);
  }

  #definition({ target }: Invocation, request: AdmissionRequest) {
    const definition = target ?? this.#registry.catalogue.find(request.resource);
    // A subresource with a kind of its own, such as Binding, has no definition to fit.
    return definition?.kind === request.kind || target !== undefined ? definition : undefined;
  }
}

/** One pass over the webhooks. */
class Round {
  object: KubeObject | undefined;
  changed = false;
  /** Those that want to be called again and were called since the last change. */
  readonly reinvocable = new Set<string>();
  /** Those that want to be called again and were called before something changed. */
  readonly outdated = new Set<string>();

  constructor(object: KubeObject | undefined) {
    this.object = object;
  }

  change(object: KubeObject): void {
    this.object = object;
    this.changed = true;
    for (const id of this.reinvocable) this.outdated.add(id);
  }
}

function parsePatch(text: string): unknown[] | undefined {
  try {
    const patch: unknown = JSON.parse(text);
    return Array.isArray(patch) ? patch : undefined;
  } catch {
    return undefined;
  }
}

/** What a webhook makes of an object of a built-in kind must have its types. */
function checkTypes({ origin, schema }: ResourceDefinition, object: KubeObject): void {
  if (origin !== 'builtin' || schema === undefined) return;
  const mistyped = validateSchema(schema, object).find(({ reason }) => reason === 'FieldValueTypeInvalid');
  if (mistyped !== undefined) throw internalError(`${mistyped.field ?? ''} ${mistyped.message}`);
}

async function patchedObject(object: KubeObject, operations: readonly unknown[]): Promise<KubeObject> {
  const { applyJsonPatch } = await import('../patch/json-patch.ts');
  let result: unknown;
  try {
    result = applyJsonPatch(cloneJson(object), operations);
  } catch (error) {
    throw internalError(error instanceof Error ? error.message : String(error), error);
  }
  if (!isObject(result) || !isKubeObject(result) || !isObject(result.metadata))
    throw internalError('the patch of an admission webhook destroys the object');
  if (result.kind !== object.kind || result.apiVersion !== object.apiVersion)
    throw internalError('the patch of an admission webhook changes the kind of the object');
  return result;
}
