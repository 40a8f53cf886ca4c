import { annotations, type KubernetesObject } from '@virtkit/core-types';
import { idOf, type ObjectId } from '../observe/managed-kinds.ts';
import type { Managed, Stage } from './stages.ts';

/** Registrations go before what they lead to. */
const first = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'APIService'];

/**
 * Objects that an installation before this one needed and this one does not. Only what carries the mark of an installation
 * counts, so that nothing is deleted that somebody else labelled.
 */
export function orphans(stages: readonly Stage[], managed: Managed): KubernetesObject[] {
  const wanted = new Set<ObjectId>(stages.flatMap(({ objects }) => objects.map(idOf)));
  return [...managed]
    .filter(([id, { metadata }]) => !wanted.has(id) && isOfAnInstallation(metadata.annotations))
    .map(([, object]) => object)
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .sort((a, b) => rank(a) - rank(b));
}

function isOfAnInstallation(given: Readonly<Record<string, string>> = {}): boolean {
  return given[annotations.installStrategyIdentifier] !== undefined;
}

function rank({ kind = '' }: KubernetesObject): number {
  return first.includes(kind) ? 0 : 1;
}
