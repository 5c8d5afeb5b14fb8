import { openBrowser, type Reader } from '@samenhang/e2e';
import { createClientKey } from '@samenhang/identity';
import { startViewer } from '@samenhang/node';
import type { BenchmarkResult } from '../benchmarks.js';
import { percentile, rounded } from '../statistics.js';
import { startViewStandIn } from './view-stand-in.js';

const FACTS = 5_000;
const VIEWS = 5;
const ACTS = 20;
/** Typed letter by letter into the search of the timeline. */
const SOUGHT = 'test 3 mmol';

/** A patient with 5,000 facts in the viewer: until the view is shown, and from a key or click to the next paint. */
export async function measureLargeView(): Promise<BenchmarkResult[]> {
  const platform = await startViewStandIn(FACTS);
  const viewer = await startViewer({
    port: 0,
    queryApiUrl: platform.url,
    authorisationServerUrl: platform.url,
    deziUrl: platform.url,
    clientId: 'demo',
    clientKey: await createClientKey(),
  });
  const browser = await openBrowser();
  try {
    const views: number[] = [];
    const acts: number[] = [];
    const viewTasks: number[] = [];
    const actTasks: number[] = [];
    for (let round = 0; round < VIEWS; round += 1) {
      const reader = await browser.reader({ language: 'en' });
      const taskMs = await watchTasks(reader);
      views.push(await openView(reader, viewer.url));
      const shown = await taskMs();
      const actsOfView = await actOn(reader);
      acts.push(...actsOfView);
      viewTasks.push(shown);
      actTasks.push(((await taskMs()) - shown) / actsOfView.length);
      await reader.close();
    }
    return [resultOf('view-5000', views, viewTasks), resultOf('interaction-5000', acts, actTasks)];
  } finally {
    await browser.close();
    await viewer.close();
    await platform.close();
  }
}

/** @returns milliseconds from asking to the view on the screen */
async function openView({ page }: Reader, url: string): Promise<number> {
  await page.goto(url);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel(/BSN/).fill('900186021');
  const asked = performance.now();
  await page.getByRole('button', { name: 'Show data' }).click();
  await page.getByRole('heading', { name: /^Timeline/ }).waitFor();
  return performance.now() - asked;
}

/** @returns durations of the acts of a reader, as Event Timing gives them: from the input to the next paint */
async function actOn({ page }: Reader): Promise<number[]> {
  await page.evaluate(
    `globalThis.acts = []; new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.interactionId) globalThis.acts.push(entry.duration);
    }).observe({ type: 'event', durationThreshold: 16, buffered: false })`,
  );
  const list = page.getByRole('region', { name: /^Laboratory results$/ }).last();
  await list.focus();
  for (let act = 0; act < ACTS; act += 1) {
    await page.keyboard.press('PageDown');
    if (act % 5 === 4) {
      await page
        .getByRole('button', { name: /^Show the original/ })
        .first()
        .click();
      await page.keyboard.press('Escape');
    }
  }
  await page.getByLabel('Words').pressSequentially(SOUGHT);
  return page.evaluate<number[]>(
    'new Promise((resolve) => setTimeout(() => resolve(globalThis.acts.length > 0 ? globalThis.acts : [16]), 500))',
  );
}

/** Reads what the main thread of a page has worked, in milliseconds, from now on. */
async function watchTasks({ page }: Reader): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
}

function resultOf(name: string, durations: readonly number[], tasks: readonly number[]): BenchmarkResult {
  const p50Ms = percentile(durations, 0.5);
  return {
    name,
    perSecond: rounded(1_000 / p50Ms),
    p50Ms: rounded(p50Ms),
    p99Ms: rounded(percentile(durations, 0.99)),
    cpuMs: { app: rounded(percentile(tasks, 0.5)) },
    measured: durations.length,
  };
}
