import { guardedTypes, typesGuardedBy, type DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { PATIENT_REQUEST, type VerifiedIdentity } from '@samenhang/identity';
import type { Bsn } from '@samenhang/patient-identity';
import type { BoundedMemory } from '../pages/bounded-memory.js';
import { ownerOf } from '../pages/result-pages.js';
import { restrictionOf, type Restriction } from '../scopes/smart-scopes.js';
import { until } from '../sources/limited.js';
import type { SourceFanOut } from '../sources/source-fan-out.js';
import type { RegisteredSource, SourceReport } from '../sources/source-report.js';
import type { ViewQuestion } from './patient-view.service.js';
import { toSources, type Registration } from './registrations.js';
import { combineRounds, planRetry } from './retry-plan.js';
import { visibleCategories, type ViewDecisions } from './view-decision.js';

/** How much larger parsed JSON is in memory than its text, about. */
const PARSED_SIZE = 4;

/** What is kept of a view that lacks sources, for asking them again. */
export interface KeptReports {
  readonly bsn: Bsn;
  readonly query: string | undefined;
  readonly sources: readonly RegisteredSource[];
  readonly reports: readonly SourceReport[];
}

export interface CollectorDependencies {
  readonly decisions: ViewDecisions;
  readonly localise: (question: { bsn: Bsn; identity: VerifiedIdentity }) => Promise<readonly Registration[]>;
  readonly fanOut: Pick<SourceFanOut, 'ask'>;
  readonly memory: BoundedMemory<KeptReports>;
  /** Longest time from question to the last source. */
  readonly budgetMs: number;
}

/** Who is to be asked, and what was said before that still counts. */
export interface Located {
  readonly sources: readonly RegisteredSource[];
  readonly settled: readonly SourceReport[];
  /** Aborted when the budget is spent or nobody waits any more. */
  readonly signal: AbortSignal;
  readonly restriction: Restriction | undefined;
}

export interface Collected {
  readonly reports: readonly SourceReport[];
  /** By this name the sources that are missing can be asked again. */
  readonly retry?: string;
}

/** Finds out who holds data, and asks them. */
export class ViewCollector {
  constructor(private readonly dependencies: CollectorDependencies) {}

  async locate(question: ViewQuestion): Promise<Located> {
    const { decisions, localise, budgetMs } = this.dependencies;
    const { bsn, identity, categories } = question;
    const budget = AbortSignal.timeout(budgetMs);
    const signal = AbortSignal.any([question.signal, budget]);
    const restriction = restrictionOf(identity.scopes);
    if (question.retry !== undefined)
      return { ...this.#planAgain(question, question.retry), signal, restriction };
    if (categories?.length === 0) return { sources: [], settled: [], signal, restriction };
    const seen = visibleCategories(decisions, identity);
    const others = othersOf(question, seen, restriction);
    if (others.length === 0) assertAnyVisible(question, seen);
    const visible = [...seen].filter(
      (category) =>
        categories?.includes(category) !== false && restriction?.permitsCategory(category) !== false,
    );
    const leave = ofLeave(identity, { categories: visible, others });
    if (leave !== undefined) return { sources: leave, settled: [], signal, restriction };
    const registrations = await until(signal, localise({ bsn, identity })).catch((cause: unknown) => {
      if (!budget.aborted) throw cause;
      throw new Failure('timeout', 'It was not found out in time who holds data', { cause });
    });
    // What is in no category is registered by nobody: everyone who knows the patient may hold it.
    const sources = toSources(registrations, new Set(visible))
      .filter((source) => others.length > 0 || holdsAny(source, categories))
      .map((source) => (others.length === 0 ? source : { ...source, others }));
    return { sources, settled: [], signal, restriction };
  }

  async collect(
    question: ViewQuestion,
    { sources, settled, signal, restriction }: Located,
    onReport?: (report: SourceReport) => void,
  ): Promise<Collected> {
    const { fanOut } = this.dependencies;
    const narrowed = (report: SourceReport): SourceReport => restricted(report, restriction);
    const asked = await fanOut.ask({
      ...question,
      signal,
      sources,
      ...(onReport === undefined ? {} : { onReport: (report) => onReport(narrowed(report)) }),
    });
    const reports = combineRounds(settled, asked.map(narrowed));
    const retry = this.#keepForRetry(question, { sources, settled }, reports);
    return { reports, ...(retry === undefined ? {} : { retry }) };
  }

  /** @throws Failure('not-found') when it was kept long enough, or belongs to another question or asker */
  #planAgain(question: ViewQuestion, name: string): Pick<Located, 'sources' | 'settled'> {
    const kept = this.dependencies.memory.find(name, ownerOf(question.identity));
    if (kept === undefined || kept.bsn !== question.bsn || kept.query !== question.query)
      throw new Failure('not-found', 'Nothing of this view is kept any more: ask for it as a whole');
    const { settled, again } = planRetry(kept.sources, kept.reports);
    return { settled, sources: again };
  }

  #keepForRetry(
    { bsn, query, identity, mayRetry }: ViewQuestion,
    { sources, settled }: Pick<Located, 'sources' | 'settled'>,
    reports: readonly SourceReport[],
  ): string | undefined {
    if (mayRetry !== true) return undefined;
    const known = [...sources, ...settled.map(({ custodian }) => ({ custodian, categories: [] }))];
    if (planRetry(known, reports).again.length === 0) return undefined;
    const bytes = reports.reduce((sum, report) => sum + PARSED_SIZE * (report.bytes ?? 0), 1_000);
    return this.dependencies.memory.keep(ownerOf(identity), { bsn, query, sources: known, reports }, bytes);
  }
}

/**
 * A citizen chose themselves whom to ask: where their data is, is not looked up. Undefined for anybody else.
 * @throws Failure('forbidden') when no leave was given for anyone
 */
function ofLeave(
  { purposeOfUse, dataHolders = [] }: VerifiedIdentity,
  asked: Pick<RegisteredSource, 'categories' | 'others'>,
): RegisteredSource[] | undefined {
  if (purposeOfUse !== PATIENT_REQUEST) return undefined;
  if (dataHolders.length === 0)
    throw new Failure('forbidden', 'The token names no care provider that leave was given for');
  return [...new Set(dataHolders)].sort().map((custodian) => ({ custodian, ...asked }));
}

/**
 * Nothing found would read as: there is nothing.
 * @throws Failure('forbidden') when the role may see none of the categories that were asked for
 */
function assertAnyVisible(
  { categories = [], others = [] }: Pick<ViewQuestion, 'categories' | 'others'>,
  seen: ReadonlySet<DataCategory>,
): void {
  const facts = categories.filter((category) => category !== 'Patient');
  if (facts.length + others.length > 0 && !facts.some((category) => seen.has(category)))
    throw new Failure('forbidden', 'This role may not see this category of data');
}

/** What of the types without a category is asked: where the role may see all that guards it, and the scopes cover it. */
function othersOf(
  { categories, others }: Pick<ViewQuestion, 'categories' | 'others'>,
  seen: ReadonlySet<DataCategory>,
  restriction: Restriction | undefined,
): string[] {
  const wanted = others ?? (categories === undefined ? guardedTypes : []);
  return typesGuardedBy(seen).filter(
    (type) => wanted.includes(type) && restriction?.permitsType(type) !== false,
  );
}

/** Whose patient it is every custodian registers: that alone is no reason to ask it, unless nothing else is asked. */
function holdsAny(source: RegisteredSource, categories: readonly DataCategory[] | undefined): boolean {
  if (categories === undefined) return true;
  const facts = categories.filter((category) => category !== 'Patient');
  const wanted = facts.length === 0 ? categories : facts;
  return source.categories.some((category) => wanted.includes(category));
}

function restricted(report: SourceReport, restriction: Restriction | undefined): SourceReport {
  if (restriction === undefined) return report;
  return { ...report, resources: report.resources.filter(({ resource }) => restriction.permits(resource)) };
}
