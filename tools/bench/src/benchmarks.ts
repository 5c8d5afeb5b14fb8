import { measureIngest } from './ingest/ingest.js';
import { measureLocalisation } from './localisation/localisation.js';
import { measureNormalise } from './normalise/normalise.js';
import { measurePipeline } from './pipeline/pipeline.js';
import { measureQuery } from './query/query.js';
import { measureSecondaryUse } from './secondary-use/secondary-use.js';
import { measureTrust } from './trust/trust.js';
import { measureWeb } from './web/web.js';

export interface BenchmarkOptions {
  readonly json?: boolean;
  readonly seconds: number;
  readonly engine: string;
  readonly portBase: number;
  /** Rows in the table that is measured, where a benchmark fills one. */
  readonly rows?: number;
  /** Resources in the record that is searched; of several numbers the record grows from one to the next. */
  readonly resources?: readonly number[];
  /** Where the record that is searched is kept for a later run. */
  readonly dataDir?: string;
  /** Base of the FHIR API of a HAPI server that does the same beside it, and the processes whose CPU is its own. */
  readonly againstHapi?: string;
  readonly hapiPid?: number;
  readonly hapiPostgresPid?: number;
  /** Folder of the JavaScript reference implementation of SQL on FHIR, which does the same beside ours. */
  readonly againstReference?: string;
  /** Python with Pathling, which does the same beside ours. */
  readonly pathlingPython?: string;
  /** Names of the results that are wanted; all when left out. */
  readonly only?: readonly string[];
}

/** One row of a benchmark's results. `cpuMs` is per operation. */
export interface BenchmarkResult {
  readonly name: string;
  readonly perSecond: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly cpuMs: { readonly app: number; readonly database?: number };
  readonly [detail: string]: unknown;
}

export type Benchmark = (options: BenchmarkOptions) => Promise<BenchmarkResult[]>;

export const benchmarks: ReadonlyMap<string, Benchmark> = new Map([
  ['pipeline', measurePipeline],
  ['ingest', measureIngest],
  ['localisation', measureLocalisation],
  ['normalise', measureNormalise],
  ['query', measureQuery],
  ['secondary-use', measureSecondaryUse],
  ['trust', measureTrust],
  ['web', measureWeb],
]);
