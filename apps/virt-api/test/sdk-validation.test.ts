// What the SDK says before a request is sent is what the server says when it is.
import { readdirSync, readFileSync } from 'node:fs';
import { readManifests } from '@virtkit/admission/manifest';
import {
  resources,
  VirtualMachineInstanceSpecSchema,
  type KubernetesObject,
  type ResourceDefinition,
  type Status,
} from '@virtkit/core-types';
import { isApiError, type ApiError, type Client, type Judgement } from '@virtkit/sdk';
import { randomDocument, seededRandom } from '@virtkit/testing/documents';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from './support/cluster.ts';
import { instanceSpec } from '@virtkit/testing/instance-specs';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster[Symbol.asyncDispose]());

const kinds: ReadonlyMap<unknown, ResourceDefinition> = new Map<unknown, ResourceDefinition>([
  ['VirtualMachine', resources.virtualMachines],
  ['VirtualMachineInstance', resources.virtualMachineInstances],
]);

/** The server's answer to a dry run. */
async function serverRefusal(
  client: Client,
  definition: ResourceDefinition,
  object: KubernetesObject,
): Promise<ApiError | undefined> {
  try {
    await client.resource(definition).create(object, { dryRun: true });
    return undefined;
  } catch (error) {
    if (isApiError(error)) return error;
    throw error;
  }
}

const essence = ({ code, details }: Partial<Status> = {}): object => ({ code, causes: details?.causes });

/** What KubeVirt would take but this version of Virtkit does not carry out is refused by its server alone, as not supported. */
const isNotCarried = ({ fields }: ApiError): boolean =>
  fields.length > 0 && fields.every(({ reason }) => reason === 'FieldValueNotSupported');

async function agree(
  definition: ResourceDefinition,
  object: KubernetesObject,
): Promise<Judgement<KubernetesObject>['verdict']> {
  const judgement = await cluster.admin.resource(definition).validate(object);
  const server = await serverRefusal(cluster.admin, definition, object);
  expect(judgement.leftToServer).toEqual([]);
  if (judgement.verdict === 'allowed') {
    if (server !== undefined && !isNotCarried(server)) throw server;
  } else {
    expect(essence(judgement.refusal?.status)).toEqual(essence(server?.status));
    expect(judgement.refusal).toMatchObject({ code: server?.code, fields: server?.fields });
  }
  return judgement.verdict;
}

describe('the SDK and the server agree', () => {
  const folder = new URL('../../../examples/manifests/', import.meta.url);
  const examples = readdirSync(folder)
    .flatMap((file) => readManifests(readFileSync(new URL(file, folder), 'utf8')))
    .flatMap((document) => (document.kind === 'object' ? [document.value] : []))
    .filter(({ kind }) => kinds.has(kind));

  test.each(examples.map((object) => [object['metadata'] as { name: string }, object] as const))(
    'on the example $name',
    async ({ name }, object) => {
      const definition = kinds.get(object['kind'])!;
      const { metadata, ...rest } = object;
      await agree(definition, { ...rest, metadata: { ...(metadata as object), name } });
    },
  );

  test('on random machines and instances', async () => {
    const verdicts = new Map<string, number>();
    for (let seed = 0; seed < 150; seed += 1) {
      const random = randomDocument(VirtualMachineInstanceSpecSchema, seededRandom(seed), {
        density: [0, 0.03, 0.1][seed % 3] ?? 0,
      });
      const spec = { ...instanceSpec(), ...(random as object) };
      const object = { metadata: { name: `m${seed}` }, spec } as KubernetesObject;
      const machine = { metadata: { name: `m${seed}` }, spec: { runStrategy: 'Always', template: { spec } } };
      for (const verdict of [
        await agree(resources.virtualMachineInstances, object),
        await agree(resources.virtualMachines, machine),
      ])
        verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }
    // Both sides were seen, or this would show nothing.
    expect(verdicts.get('allowed')).toBeGreaterThan(10);
    expect(verdicts.get('refused')).toBeGreaterThan(10);
  });

  test('on changes of what is stored', async () => {
    const { virtualMachines } = cluster.admin;
    const machine = {
      metadata: { name: 'stored', namespace: 'default' },
      spec: { runStrategy: 'Halted' as const, template: { spec: instanceSpec() } },
    };
    const stored = await virtualMachines.create(machine);
    expect(await virtualMachines.validate(stored)).toMatchObject({ verdict: 'allowed' });
    const wrong = { ...stored, spec: { ...stored.spec, running: true } };
    const judgement = await virtualMachines.validate(wrong);
    const server: unknown = await virtualMachines
      .replace(wrong, { dryRun: true })
      .catch((error: unknown) => error);
    expect(judgement.verdict).toBe('refused');
    expect(isApiError(server) && essence(server.status)).toEqual(essence(judgement.refusal?.status));
  });
});
