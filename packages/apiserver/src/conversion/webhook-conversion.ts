import { ApiServerError } from '../errors.ts';
import {
  cloneJson,
  elementsOf,
  equalJson,
  isObject,
  membersOf,
  stringOf,
  type JsonObject,
} from '../object/json.ts';
import { labelValueProblem, qualifiedNameProblem } from '../object/names.ts';
import { isKubeObject, type KubeObject } from '../object/types.ts';
import type { RemoteConversion } from '../registry/definition.ts';
import type { WebhookClient } from '../webhooks/client.ts';
import type { WebhookClientConfig } from '../webhooks/types.ts';

/** The conversion webhook of a CustomResourceDefinition. */
export interface ConversionWebhook {
  readonly clientConfig: WebhookClientConfig;
  readonly reviewVersions: readonly string[];
}

/** Between which versions objects are converted, as `group/version`. */
export interface ConvertedVersions {
  readonly served: string;
  readonly storage: string;
}

const TIMEOUT_SECONDS = 30;
/** More objects than this are converted with several calls. */
const BATCH = 500;
const KNOWN_VERSIONS = ['v1', 'v1beta1'];
const GROUP = 'apiextensions.k8s.io';

/** Conversion between versions of a custom resource by a webhook. Objects that have the right version are not sent. */
export function webhookConversion(
  client: WebhookClient,
  webhook: ConversionWebhook,
  { served, storage }: ConvertedVersions,
): RemoteConversion {
  const convert = (objects: readonly KubeObject[], apiVersion: string) =>
    convertAll(client, webhook, objects, apiVersion);
  return {
    isStorageVersion: served === storage,
    fromStorage: (objects) => convert(objects, served),
    toStorage: async (object) => {
      const [converted] = await convert([object], storage);
      return converted ?? object;
    },
  };
}

async function convertAll(
  client: WebhookClient,
  webhook: ConversionWebhook,
  objects: readonly KubeObject[],
  apiVersion: string,
): Promise<KubeObject[]> {
  const foreign = objects.filter((object) => object.apiVersion !== apiVersion);
  const converted: KubeObject[] = [];
  for (let start = 0; start < foreign.length; start += BATCH)
    converted.push(...(await convertBatch(client, webhook, foreign.slice(start, start + BATCH), apiVersion)));
  const queue = converted[Symbol.iterator]();
  return objects.map((object) =>
    object.apiVersion === apiVersion ? object : (queue.next().value ?? object),
  );
}

async function convertBatch(
  client: WebhookClient,
  { clientConfig, reviewVersions }: ConversionWebhook,
  objects: readonly KubeObject[],
  desiredAPIVersion: string,
): Promise<KubeObject[]> {
  const version = reviewVersions.find((known) => KNOWN_VERSIONS.includes(known));
  if (version === undefined)
    throw new ApiServerError('InternalError', 'no supported conversion review versions');
  const [first] = objects;
  const what = `conversion webhook for ${first?.apiVersion ?? ''}, Kind=${first?.kind ?? ''}`;
  const uid = crypto.randomUUID();
  let answers: readonly unknown[];
  try {
    const answer = await client.post({
      config: clientConfig,
      body: {
        kind: 'ConversionReview',
        apiVersion: `${GROUP}/${version}`,
        request: { uid, desiredAPIVersion, objects },
      },
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    answers = convertedObjects(version, uid, answer);
  } catch (error) {
    throw failure(`${what} failed: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  if (answers.length !== objects.length)
    throw failure(`${what} returned ${answers.length} objects, expected ${objects.length}`);
  return objects.map((object, index) => {
    try {
      return accepted(object, answers[index], desiredAPIVersion);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw failure(`${what} returned invalid converted object at index ${index}: ${why}`, error);
    }
  });
}

/** 500 with the message alone, as kube-apiserver answers. */
function failure(message: string, cause?: unknown): ApiServerError {
  return new ApiServerError('InternalError', message, {
    status: { status: 'Failure', message, code: 500 },
    ...(cause !== undefined && { cause }),
  });
}

function convertedObjects(version: string, uid: string, answer: unknown): readonly unknown[] {
  const { kind, apiVersion, response } = membersOf(answer);
  if (version === 'v1' && (kind !== 'ConversionReview' || apiVersion !== `${GROUP}/v1`))
    throw new Error(
      `expected webhook response of ${GROUP}/v1, Kind=ConversionReview, got ${stringOf(apiVersion)}, Kind=${stringOf(kind)}`,
    );
  if (!isObject(response)) throw new Error('no response provided');
  if (version === 'v1' && response.uid !== uid)
    throw new Error(`expected response.uid="${uid}", got ${JSON.stringify(stringOf(response.uid))}`);
  const { status, message } = membersOf(response.result);
  if (status !== 'Success')
    throw new Error(stringOf(message) || `response.result.status was '${stringOf(status)}', not 'Success'`);
  return elementsOf(response.convertedObjects);
}

/** The converted object, with the metadata it had before except for labels and annotations. */
function accepted(original: KubeObject, converted: unknown, apiVersion: string): KubeObject {
  if (!isObject(converted)) throw new Error('it is not an object');
  if (converted.apiVersion !== apiVersion)
    throw new Error(
      `invalid groupVersion (expected ${apiVersion}, received ${stringOf(converted.apiVersion)})`,
    );
  if (converted.kind !== original.kind)
    throw new Error(`invalid kind (expected ${original.kind}, received ${stringOf(converted.kind)})`);
  if (!isObject(converted.metadata) || !isKubeObject(converted))
    throw new Error('missing metadata in converted object');
  for (const member of ['name', 'namespace', 'uid'] as const) {
    const [before, after] = [original.metadata[member] ?? '', stringOf(converted.metadata[member])];
    if (before !== after)
      throw new Error(`must have the same ${member === 'uid' ? 'UID' : member}: ${before} != ${after}`);
  }
  const metadata = { ...cloneJson(original.metadata) };
  for (const member of ['labels', 'annotations'] as const) {
    const given = converted.metadata[member] as unknown;
    if (given === undefined || given === null) Reflect.deleteProperty(metadata, member);
    else metadata[member] = checkedStrings(member, given, original.metadata[member] ?? {});
  }
  return { ...converted, metadata };
}

function checkedStrings(
  member: 'labels' | 'annotations',
  given: unknown,
  before: JsonObject,
): Record<string, string> {
  if (!isObject(given)) throw new Error(`invalid metadata.${member} in converted object`);
  const strings: Record<string, string> = {};
  for (const [key, value] of Object.entries(given)) {
    if (typeof value !== 'string') throw new Error(`metadata.${member}[${key}] must be a string`);
    strings[key] = value;
  }
  if (equalJson(strings, before)) return strings;
  for (const [key, value] of Object.entries(strings)) {
    const problem =
      qualifiedNameProblem(member === 'annotations' ? key.toLowerCase() : key) ??
      (member === 'labels' ? labelValueProblem(value) : undefined);
    if (problem !== undefined) throw new Error(`metadata.${member}: ${JSON.stringify(key)}: ${problem}`);
  }
  return strings;
}
