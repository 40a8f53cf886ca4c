import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBoth, type Both } from '../both.ts';
import { askDefinitions, askObjects, forget, type RuleAnswer, type RuleAnswers } from './ask.ts';

/** Differences that stay, each with its reason. */
const listed: readonly {
  readonly why: string;
  readonly is: (theirs: RuleAnswer, ours: RuleAnswer, question: string) => boolean;
}[] = [
  {
    why: 'what a rule may cost is not estimated beforehand: its evaluation is bounded instead',
    is: (theirs, ours) => ours.code === 201 && theirs.causes.every((cause) => cause.includes('estimated')),
  },
  {
    why: 'what is no expression is refused at the same place, but said in other words',
    is: (theirs, ours) =>
      theirs.code === 422 &&
      ours.code === 422 &&
      [theirs, ours].every(({ causes }) => says(causes, 'Syntax error')),
  },
  {
    why: 'the parser knows cel.bind, which Kubernetes does not have, and looks at its arguments before it is refused',
    is: (theirs, ours, question) =>
      question.includes('cel.bind(1') &&
      theirs.code === 422 &&
      says(ours.causes, 'argument is not an identifier'),
  },
  {
    why: 'what a schema says of a value has its own words',
    is: (theirs, ours) =>
      theirs.code === ours.code &&
      theirs.causes.some((cause) => cause.includes(' in body ') || cause.includes('bytes')) &&
      rulesOf(theirs).join() === rulesOf(ours).join(),
  },
];

function says(causes: readonly string[], text: string): boolean {
  return causes.some((cause) => cause.includes(text));
}

/** What an answer says of rules. */
function rulesOf({ causes }: RuleAnswer): string[] {
  return causes.filter((cause) => cause.includes('rule'));
}

let both: Both;

beforeAll(async () => {
  both = await startBoth();
});

afterAll(async () => {
  await forget(both.kubernetes);
  await both[Symbol.asyncDispose]();
});

test('definitions with rules, and objects of them, are judged as by kube-apiserver, in the same words', async () => {
  const { kubernetes, ours } = both;
  const definitions = await askDefinitions(kubernetes);
  const objects = await askObjects(kubernetes, definitions);
  const theirs = new Map([...definitions, ...objects]);
  const answers = new Map([...(await askDefinitions(ours)), ...(await askObjects(ours, definitions))]);
  const { unlisted, counts } = differences(theirs, answers);
  console.log(
    `${theirs.size} questions, ${[...counts.values()].reduce((sum, count) => sum + count, 0)} listed differences`,
  );
  for (const [why, count] of counts) console.log(`  ${count}: ${why}`);
  expect(theirs.size).toBeGreaterThan(1500);
  expect(unlisted).toEqual([]);
  expect([...counts.keys()].sort(), 'each listed difference still occurs').toEqual(
    listed.map(({ why }) => why).sort(),
  );
});

function differences(
  theirs: RuleAnswers,
  ours: RuleAnswers,
): { unlisted: unknown[]; counts: Map<string, number> } {
  const unlisted: unknown[] = [];
  const counts = new Map<string, number>();
  for (const question of new Set([...theirs.keys(), ...ours.keys()])) {
    const [a, b] = [theirs.get(question), ours.get(question)];
    if (JSON.stringify(a) === JSON.stringify(b)) continue;
    const known = a && b && listed.find(({ is }) => is(a, b, question));
    if (known) counts.set(known.why, (counts.get(known.why) ?? 0) + 1);
    else unlisted.push({ question, theirs: a, ours: b });
  }
  return { unlisted, counts };
}
