import type { RuleCase } from './rule-case.ts';
import { collectionCases } from './table/collections.ts';
import { formatCases } from './table/formats.ts';
import { objectCases } from './table/objects.ts';
import { scalarCases } from './table/scalars.ts';
import { textCases } from './table/texts.ts';

/** Rules that both must accept in a definition, and values about which kube-apiserver and ours are asked the same. */
export const ruleCases: readonly RuleCase[] = [
  ...scalarCases,
  ...textCases,
  ...collectionCases,
  ...formatCases,
  ...objectCases,
];
