import { afterAll, beforeAll } from 'vitest';
import { openBrowser, startPortals, type Portals } from '../src/index.js';

/** What the journeys of a file run against: there from `usePortals` on. */
export let portals: Portals;
export let browser: Awaited<ReturnType<typeof openBrowser>>;

/** One installation with every portal, and a browser: started before the first journey of a file, stopped after the last. */
export function usePortals(): void {
  beforeAll(async () => {
    [portals, browser] = await Promise.all([startPortals(), openBrowser()]);
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    await portals?.close();
  }, 60_000);
}
