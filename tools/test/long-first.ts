import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take a minute or more, longest first. */
const long = [
  'packages/hal-kvm-qemu/test/conformance.test.ts',
  'packages/admission/test/documents/instances.test.ts',
  'packages/apiserver/test/robustness/robustness.test.ts',
  'packages/admission/test/documents/machines.test.ts',
  'packages/apiserver/test/robustness/controls.test.ts',
  'packages/apiserver/test/hostile/connections.test.ts',
];

/**
 * Starts the longest files first, so that none is left running alone at the end. In a fresh checkout nothing is known of earlier
 * runs, and the size of a file says little about its time.
 */
export default class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = long.findIndex((path) => moduleId.endsWith(`/${path}`));
      return index === -1 ? long.length : index;
    };
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}
