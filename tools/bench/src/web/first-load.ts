import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBrowser } from '@samenhang/e2e';
import { startPortal } from '@samenhang/portal-server';
import type { BenchmarkResult } from '../benchmarks.js';
import { percentile, rounded } from '../statistics.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const LOADS = 10;

/** Every project with built pages: its name, and where they lie. */
function portals(): { name: string; folder: string }[] {
  return ['apps/applications', 'apps/integration'].flatMap((zone) =>
    readdirSync(join(root, zone))
      .map((name) => ({ name, folder: join(root, zone, name, 'dist', 'web') }))
      .filter(({ folder }) => existsSync(join(folder, 'index.html'))),
  );
}

/** Each portal by itself, with nothing behind it: what a new reader loads before anything is shown. */
export async function measureFirstLoads(): Promise<BenchmarkResult[]> {
  const browser = await openBrowser();
  try {
    const results: BenchmarkResult[] = [];
    for (const { name, folder } of portals()) {
      const server = await startPortal({
        name,
        webFolder: folder,
        port: 0,
        describeSession: () => null,
        addRoutes: () => undefined,
      });
      const loads: Load[] = [];
      for (let round = 0; round < LOADS; round += 1) loads.push(await load(browser, server.url));
      await server.close();
      results.push(resultOf(name, loads, gzipBytesOf(folder)));
    }
    return results;
  } finally {
    await browser.close();
  }
}

interface Load {
  readonly paintMs: number;
  readonly taskMs: number;
}

async function load(browser: Awaited<ReturnType<typeof openBrowser>>, url: string): Promise<Load> {
  const { page, close } = await browser.reader();
  const metrics = await page.context().newCDPSession(page);
  await metrics.send('Performance.enable');
  await page.goto(url);
  const paintMs = await page.evaluate<number>(
    `new Promise((resolve) => new PerformanceObserver((list) => {
      const paint = list.getEntriesByName('first-contentful-paint')[0];
      if (paint) resolve(paint.startTime);
    }).observe({ type: 'paint', buffered: true }))`,
  );
  const { metrics: values } = await metrics.send('Performance.getMetrics');
  await close();
  const taskSeconds = values.find((metric) => metric.name === 'TaskDuration')?.value ?? 0;
  return { paintMs, taskMs: taskSeconds * 1_000 };
}

function resultOf(name: string, loads: readonly Load[], gzipBytes: number): BenchmarkResult {
  const paints = loads.map(({ paintMs }) => paintMs);
  const p50Ms = percentile(paints, 0.5);
  return {
    name: `first-load-${name}`,
    perSecond: rounded(1_000 / p50Ms),
    p50Ms: rounded(p50Ms),
    p99Ms: rounded(percentile(paints, 0.99)),
    cpuMs: {
      app: rounded(
        percentile(
          loads.map(({ taskMs }) => taskMs),
          0.5,
        ),
      ),
    },
    gzipBytes,
  };
}

/** Scripts and style sheets as they go over the wire to a browser that takes gzip. */
function gzipBytesOf(folder: string): number {
  return readdirSync(join(folder, 'assets'))
    .filter((file) => /\.(js|css)\.gz$/.test(file))
    .reduce((sum, file) => sum + statSync(join(folder, 'assets', file)).size, 0);
}
