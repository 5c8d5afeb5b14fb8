import type { BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import { measureFirstLoads } from './first-load.js';
import { measureLargeView } from './large-view.js';

/**
 * What readers wait for, in a real Chromium: the first load of each portal (bytes over the wire, first contentful paint) and
 * the view of a patient with 5,000 facts (until it is shown, and from an act of the reader to the next paint).
 */
export async function measureWeb(options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const wanted = (name: string): boolean => options.only === undefined || options.only.includes(name);
  return [
    ...(wanted('first-load') ? await measureFirstLoads() : []),
    ...(wanted('view-5000') ? await measureLargeView() : []),
  ];
}
