import { annotations } from '@virtkit/core-types';
import { clusterConfiguration, instanceCreateFindings, type InstanceCreation } from '../../src/index.ts';
import { specOf, type SpecParts } from './instance-sides.ts';
import { testSides, type Sides } from './sides.ts';

/** What a row of a table says of a new instance; the rest of it is empty. */
export type CreationParts = Omit<Partial<InstanceCreation>, 'spec'> & { readonly parts?: SpecParts };

/** A new instance in which only the given parts are set, in a cluster with the built-in configuration unless told otherwise. */
export function creationOf({ parts = {}, ...given }: CreationParts): InstanceCreation {
  return {
    metadata: {},
    trusted: false,
    configuration: clusterConfiguration(),
    ...given,
    spec: specOf(parts),
  };
}

/** Tests both sides of rules for new instances. */
export function testCreationSides(topic: string, rows: readonly Sides<CreationParts>[]): void {
  testSides(topic, rows, (given) => instanceCreateFindings(creationOf(given)));
}

/** Metadata with one annotation. */
export const annotated = (name: keyof typeof annotations, value: string): CreationParts => ({
  metadata: { annotations: { [annotations[name]]: value } },
});
