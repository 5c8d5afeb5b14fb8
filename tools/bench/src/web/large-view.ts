import { openBrowser, type Reader } from '@samenhang/e2e';
import { createClientKey } from '@samenhang/identity';
import { startViewer } from '@samenhang/node';
import type { BenchmarkResult } from '../benchmarks.js';
import { percentile, rounded } from '../statistics.js';
import { startViewStandIn } from './view-stand-in.js';

const FACTS = 5_000;
const VIEWS = 5;
const ACTS = 20;

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
    for (let round = 0; round < VIEWS; round += 1) {
      const reader = await browser.reader({ language: 'en' });
      views.push(await openView(reader, viewer.url));
      acts.push(...(await actOn(reader)));
      await reader.close();
    }
    return [resultOf('view-5000', views), resultOf('interaction-5000', acts)];
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
  return page.evaluate<number[]>(
    'new Promise((resolve) => setTimeout(() => resolve(globalThis.acts.length > 0 ? globalThis.acts : [16]), 500))',
  );
}

function resultOf(name: string, durations: readonly number[]): BenchmarkResult {
  const p50Ms = percentile(durations, 0.5);
  return {
    name,
    perSecond: rounded(1_000 / p50Ms),
    p50Ms: rounded(p50Ms),
    p99Ms: rounded(percentile(durations, 0.99)),
    cpuMs: { app: 0 },
    measured: durations.length,
  };
}
