import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import LongFirst from './tools/test/long-first.ts';

/** What only computes: no processes, no files, no state of a module that one test could leave to the next. */
const pure = [
  'packages/{admission,core-types,machine-plan}/test/*.test.ts',
  'packages/{admission,core-types,machine-plan}/test/!(browser|documents)/**/*.test.ts',
];

// Half of the time of such tests is waiting for a guest or a program, so there may be more of them than processors.
const maxWorkers = Math.ceil(availableParallelism() * 1.5);

// Tests run on the TypeScript sources: workspace packages resolve through the `@virtkit/source` export condition.
export default defineConfig({
  resolve: { conditions: ['@virtkit/source'] },
  ssr: { resolve: { conditions: ['@virtkit/source'], externalConditions: ['@virtkit/source'] } },
  test: {
    pool: 'forks',
    // Tests read what programs print; a test runner that wants colours must not colour that.
    env: { FORCE_COLOR: '0' },
    execArgv: ['--conditions=@virtkit/source', '--expose-gc'],
    reporters: ['default', './tools/test/reporter.ts'],
    // Tests wait on conditions, so this only bounds what hangs; CI machines may be slow.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    // What fails by chance is a fault to be found, so at a desk it fails; CI tries once more and lists it as unsteady, so that
    // a change is not held up by what it did not cause.
    retry: process.env.CI === undefined ? 0 : 1,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        // Loading a module again for every file takes longer than most of these tests.
        extends: true,
        test: { name: 'pure', include: pure, isolate: false, maxWorkers, sequence: { groupOrder: 2 } },
      },
      {
        extends: true,
        test: {
          name: 'parts',
          maxWorkers,
          sequence: { groupOrder: 2 },
          include: ['{packages,apps,tools}/*/test/**/*.test.ts', 'bench/test/**/*.test.ts'],
          exclude: [...pure, 'tools/images/test/built/**'],
        },
      },
      {
        // What is in the container images, which are built first: part of `make test-cluster`, not of `make test`.
        extends: true,
        test: {
          name: 'images',
          include: ['tools/images/test/built/**/*.test.ts'],
          fileParallelism: false,
          // Layers are unpacked, and a guest boots.
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        // The whole platform, one at a time: each one boots guests and starts many programs. At a desk what is fast comes
        // first; in CI these do, because they mostly wait, while Go compiles what comes later. (Vitest leaves out groups below 0.)
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: ['e2e/{clients,kubernetes,differential}/**'],
          fileParallelism: false,
          sequence: { groupOrder: process.env.CI === undefined ? 3 : 1 },
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
      {
        // What runs on real Kubernetes, which is built with Go first: `make test-cluster`, not part of `make test`.
        extends: true,
        test: {
          name: 'cluster',
          include: ['e2e/kubernetes/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 4 },
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
      {
        // What asks the embedded API server and kube-apiserver the same: `make differential`.
        extends: true,
        test: {
          name: 'differential',
          include: ['e2e/{clients,differential}/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 5 },
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
