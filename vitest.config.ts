import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Sources, not dist: the `@samenhang/source` export condition makes tests independent of a build.
const conditions = ['@samenhang/source'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // Tests lie outside each project's tsconfig, so the decorator settings are repeated here.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    include: ['apps/**/*.spec.ts', 'libs/**/*.spec.ts', 'tools/**/*.spec.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['tools/testing/postgres-setup.ts', 'tools/testing/kafka-setup.ts'],
    pool: 'threads',
    // Most tests wait for a database, a socket or a process: two at once even where there are only two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ['default', './tools/testing/skipped-reporter.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
