import { defineConfig } from 'vitest/config';

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
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['{packages,apps,tools}/*/test/**/*.test.ts', 'bench/test/**/*.test.ts'],
        },
      },
      {
        // The whole platform, one at a time and after everything else: each one boots guests and starts many programs.
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
