import type { BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import { measureFederation } from './federation.js';
import { measureHolder } from './holder.js';

/** What it takes to ask one data holder, and many at once. */
export async function measureQuery(options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const isFederation = (name: string): boolean => name.startsWith('federation');
  const wantsHolder = options.only?.some((name) => !isFederation(name)) !== false;
  const wantsFederation = options.only?.some(isFederation) !== false;
  return [
    ...(wantsHolder ? await measureHolder(options) : []),
    ...(wantsFederation ? await measureFederation(options) : []),
  ];
}
