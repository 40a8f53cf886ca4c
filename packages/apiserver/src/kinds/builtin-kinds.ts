import { customResourceDefinitionKind } from '../crd/kind.ts';
import type { ResourceDefinition } from '../registry/definition.ts';
import { namespaceKind } from './namespace.ts';
import { podKind } from './pod.ts';
import { simpleKinds } from './simple-kinds.ts';

/** What the built-in kinds can be told. */
export interface KindOptions {
  now: () => Date;
}

/** All built-in kinds. */
export function builtinKinds(options: KindOptions): ResourceDefinition[] {
  return [namespaceKind(), podKind(), ...simpleKinds(), customResourceDefinitionKind(options.now)];
}
