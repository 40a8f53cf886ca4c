import { defineConfig } from 'vitest/config';

// Tests run on the TypeScript sources: workspace packages resolve through the `@virtkit/source` export condition.
export default defineConfig({
  resolve: { conditions: ['@virtkit/source'] },
  ssr: { resolve: { conditions: ['@virtkit/source'], externalConditions: ['@virtkit/source'] } },
  test: {
    include: ['{packages,apps,tools}/*/test/**/*.test.ts', 'bench/test/**/*.test.ts', 'e2e/**/*.test.ts'],
    pool: 'forks',
    execArgv: ['--conditions=@virtkit/source', '--expose-gc'],
    reporters: ['default', './tools/test/reporter.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
