import type { Benchmark, BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import { measureAddressing } from './addressing.js';
import { measureDecisionInProcess } from './decision-in-process.js';
import { measureServer } from './server.js';

type Part = (options: BenchmarkOptions) => Promise<BenchmarkResult[]>;

/** Results by the part that gives them; a part runs when one of its results is wanted. */
const parts: readonly { readonly results: readonly string[]; readonly measure: Part }[] = [
  { results: ['decision-in-process'], measure: measureDecisionInProcess },
  { results: ['decision-http', 'token'], measure: measureServer },
  { results: ['directory-sync', 'endpoint-lookup'], measure: measureAddressing },
];

/** The trust framework: decisions in process and over HTTP, tokens. */
export const measureTrust: Benchmark = async (options) => {
  const isWanted = (name: string): boolean => options.only?.includes(name) ?? true;
  const results: BenchmarkResult[] = [];
  for (const part of parts) if (part.results.some(isWanted)) results.push(...(await part.measure(options)));
  return results.filter(({ name }) => isWanted(name));
};
