// What a CustomResourceDefinition is checked for with libraries that are loaded only then: its rules and its patterns.
import type { StatusCause } from '../errors.ts';
import { equalJson } from '../object/json.ts';
import type { KubeObject } from '../object/types.ts';
import { loadPatterns, needsRe2 } from '../schema/pattern.ts';
import { asCustomResourceDefinition } from './definitions.ts';
import { hasOwnRules, someSchema } from './lazy-rules.ts';

/** What is wrong with the rules of a CustomResourceDefinition that is well-formed otherwise. */
export async function definitionRuleProblems(
  object: KubeObject,
  old: KubeObject | undefined,
): Promise<StatusCause[]> {
  const { versions } = asCustomResourceDefinition(object).spec;
  const former = old === undefined ? undefined : asCustomResourceDefinition(old).spec.versions;
  const schemas = versions.map((version) => version.schema?.openAPIV3Schema ?? {});
  const affected = schemas.some((schema) => someSchema(schema, hasOwnRules));
  if (!affected || JSON.stringify(former) === JSON.stringify(versions)) return [];
  const { ruleProblems } = await import('../cel/rule-problems.ts');
  const [first = {}] = schemas;
  // kube-apiserver reports what is the same in all versions once, where older definitions had it.
  if (schemas.every((schema) => equalJson(schema, first)))
    return ruleProblems(first, 'spec.validation.openAPIV3Schema');
  return schemas.flatMap((schema, index) =>
    ruleProblems(schema, `spec.versions[${index}].schema.openAPIV3Schema`),
  );
}

/** Loads RE2 if a definition has patterns that JavaScript cannot judge. */
export async function loadPatternsOf(object: KubeObject): Promise<void> {
  for (const { schema } of asCustomResourceDefinition(object).spec.versions) {
    const root = schema?.openAPIV3Schema ?? {};
    if (someSchema(root, ({ pattern }) => typeof pattern === 'string' && needsRe2(pattern)))
      await loadPatterns(root);
  }
}
