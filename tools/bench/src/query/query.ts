import type { BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import { measureHolder } from './holder.js';

/** What it takes to ask one data holder. */
export function measureQuery(options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  return measureHolder(options);
}
