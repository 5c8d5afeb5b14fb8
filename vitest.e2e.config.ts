import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Journeys of people through the portals, in a real Chromium: `npm run e2e`. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['tools/e2e/test/**/*.journey.ts'], globalSetup: [], testTimeout: 120_000 },
});
