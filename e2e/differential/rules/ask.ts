// Sends the definitions and objects of the table of rules to one API server and notes what it answers.
import { waitUntil } from '@virtkit/testing';
import type { Answer } from '../sequence.ts';
import type { Target } from '../target.ts';
import type { RuleCase, TableSchema } from './rule-case.ts';
import { definitionCases } from './table/definitions.ts';
import { nestedCases } from './table/nested.ts';
import { transitionCases } from './table/transitions.ts';
import { ruleCases } from './table.ts';

/** What is compared of an answer. */
export interface RuleAnswer {
  readonly code: number;
  readonly reason: string | undefined;
  readonly causes: readonly string[];
  readonly warnings: readonly string[];
}

const GROUP = 'rules.example.com';
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const PER_DEFINITION = 10;

/** What every question was answered with, by the question's name. */
export type RuleAnswers = ReadonlyMap<string, RuleAnswer>;

interface NamedCase extends Omit<RuleCase, 'rule'> {
  readonly name: string;
}

const cases: readonly NamedCase[] = [
  ...[...ruleCases, ...transitionCases].map(({ rule, schema, ...rest }, at) => ({
    ...rest,
    schema: withRule(schema, rule),
    name: `${at} ${JSON.stringify(rule)}`,
  })),
  ...nestedCases,
];

/** Asks about definitions: those of the table that must be refused, and one for each other rule. */
export async function askDefinitions(server: Target): Promise<RuleAnswers> {
  const answers = new Map<string, RuleAnswer>();
  const post = (value: TableSchema) =>
    answered(server, 'POST', `${DEFINITIONS}?dryRun=All`, definitionOf('askeds', { value }));
  for (const { rule, schema } of definitionCases)
    answers.set(
      `definition ${JSON.stringify(rule)} of ${JSON.stringify(schema)}`,
      await post(withRule(schema, rule)),
    );
  for (const { name, schema } of cases) answers.set(name, await post(schema));
  return answers;
}

/** Asks about objects. @param definitions answers of kube-apiserver: what it does not define cannot be asked about. */
export async function askObjects(server: Target, definitions: RuleAnswers): Promise<RuleAnswers> {
  const answers = new Map<string, RuleAnswer>();
  const defined = cases.filter(({ name }) => definitions.get(name)?.code === 201);
  for (let first = 0; first < defined.length; first += PER_DEFINITION) {
    const part = defined.slice(first, first + PER_DEFINITION);
    const plural = `part${first}s`;
    const fields = Object.fromEntries(part.map(({ schema }, at) => [`f${at}`, schema]));
    const created = await answered(server, 'POST', DEFINITIONS, definitionOf(plural, fields));
    if (created.code !== 201) answers.set(`definition ${plural}`, created);
    else await askPart(server, plural, part, answers);
  }
  return answers;
}

async function askPart(
  server: Target,
  plural: string,
  part: readonly NamedCase[],
  answers: Map<string, RuleAnswer>,
): Promise<void> {
  const path = `/apis/${GROUP}/v1/namespaces/default/${plural}`;
  await waitUntil(
    `${server.name} serves ${plural}`,
    async () => (await server.call({ method: 'GET', path })).status === 200,
  );
  for (const [at, { name: rule, values, updates = [] }] of part.entries()) {
    const field = `f${at}`;
    for (const value of values) {
      const name = `create ${rule} ${JSON.stringify(value)} (${plural} ${field})`;
      answers.set(
        name,
        await answered(server, 'POST', `${path}?dryRun=All`, objectOf(plural, 'asked', field, value)),
      );
    }
    for (const [index, [before, after]] of updates.entries()) {
      const name = `update-${at}-${index}`;
      const question = `update ${rule} ${JSON.stringify([before, after])} (${plural} ${field})`;
      const created = await server.call({
        method: 'POST',
        path,
        body: objectOf(plural, name, field, before),
      });
      if (created.status !== 201) {
        answers.set(`${question} prepared`, answerOf(created));
        continue;
      }
      const { metadata } = created.body as { metadata: object };
      const next = { ...objectOf(plural, name, field, after), metadata };
      answers.set(question, await answered(server, 'PUT', `${path}/${name}?dryRun=All`, next));
    }
  }
}

function withRule(schema: TableSchema, rule: string | Record<string, unknown>): TableSchema {
  return { ...schema, 'x-kubernetes-validations': [typeof rule === 'string' ? { rule } : rule] };
}

function objectOf(plural: string, name: string, field: string, value: unknown): object {
  return { apiVersion: `${GROUP}/v1`, kind: kindOf(plural), metadata: { name }, spec: { [field]: value } };
}

function kindOf(plural: string): string {
  return `${plural.charAt(0).toUpperCase()}${plural.slice(1, -1)}`;
}

function definitionOf(plural: string, fields: Readonly<Record<string, TableSchema>>): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { plural, kind: kindOf(plural) },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', properties: fields } },
            },
          },
        },
      ],
    },
  };
}

async function answered(
  server: Target,
  method: 'POST' | 'PUT',
  path: string,
  body: unknown,
): Promise<RuleAnswer> {
  return answerOf(await server.call({ method, path, body }));
}

function answerOf({ status, headers, body }: Answer): RuleAnswer {
  const { reason, details } = body as {
    reason?: string;
    details?: { causes?: { field?: string; reason?: string; message: string }[] };
  };
  const { warning = [] } = headers;
  return {
    code: status,
    reason: status < 300 ? undefined : reason,
    causes: (details?.causes ?? [])
      .map(({ field, reason: why, message }) => `${field ?? ''} ${why ?? ''}: ${normal(message)}`)
      .sort(),
    warnings: (typeof warning === 'string' ? [warning] : warning).map(normal).sort(),
  };
}

/** Names of types that kube-apiserver makes up anew each time. */
function normal(message: string): string {
  return message.replaceAll(/selfType\d+/g, 'selfType');
}

/** Removes the definitions that {@link askObjects} made, for a server that stays. */
export async function forget(server: Target): Promise<void> {
  const { body } = await server.call({ method: 'GET', path: DEFINITIONS });
  for (const { metadata, spec } of (
    body as { items: { metadata: { name: string }; spec: { group: string } }[] }
  ).items)
    if (spec.group === GROUP)
      await server.call({ method: 'DELETE', path: `${DEFINITIONS}/${metadata.name}` });
}
