import type { DataCategory } from '@samenhang/data-model';
import { Failure, toFailure } from '@samenhang/errors';
import { matchesPatient, type PatientBinding, type VerifiedIdentity } from '@samenhang/identity';
import { toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { restrictionOf, type Restriction } from '../scopes/smart-scopes.js';
import { until } from '../sources/limited.js';
import type { SourceFanOut } from '../sources/source-fan-out.js';
import { hasAnswered, type RegisteredSource, type SourceReport } from '../sources/source-report.js';
import { toSources, type Registration } from './registrations.js';
import { collectView, type CollectedView } from './collected-view.js';
import { buildPatientView, type ViewBundle, type ViewSettings } from './view-bundle.js';
import { decideView, refusal, visibleCategories, type ViewDecisions } from './view-decision.js';
import type { ViewJournal } from './view-journal.js';
import { assertAnySource } from './view-outcome.js';

export interface ViewQuestion {
  readonly bsn: Bsn;
  readonly identity: VerifiedIdentity;
  readonly traceparent: string;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
  /** The question for the audit trail; a whole view when left out. */
  readonly query?: string;
  /** Only sources of these are asked; of all when left out. */
  readonly categories?: readonly DataCategory[];
}

/** What is recorded of an answer. */
export interface Answer {
  readonly facts: number;
  readonly resourceTypes: readonly string[];
}

export interface PatientViewDependencies {
  readonly decisions: ViewDecisions;
  /** Opens what patient a token is for. */
  readonly binding: () => PatientBinding;
  readonly localise: (question: { bsn: Bsn; identity: VerifiedIdentity }) => Promise<readonly Registration[]>;
  readonly fanOut: Pick<SourceFanOut, 'ask'>;
  readonly journal: Pick<ViewJournal, 'record'>;
  /** Address of the operation, for the Bundle's self link. */
  readonly self: string;
  readonly revealRefused: boolean;
  /** Longest time from question to the last source. */
  readonly budgetMs: number;
}

/** The read path: decide, locate, ask every source, integrate, record, answer. */
export class PatientViewService {
  constructor(private readonly dependencies: PatientViewDependencies) {}

  /** Everything, as one Bundle. */
  async view(question: ViewQuestion, wanted: Pick<ViewSettings, 'includes'> = {}): Promise<ViewBundle> {
    const { self, revealRefused } = this.dependencies;
    const { bundle } = await this.answer(question, (view) =>
      buildPatientView(view, { self, revealRefused, ...wanted }),
    );
    return bundle;
  }

  /** An answer made of what all sources said; it is recorded before it is given. */
  async answer<A extends Answer>(question: ViewQuestion, make: (view: CollectedView) => A): Promise<A> {
    const elapsed = stopwatch();
    await this.#authorise(question, elapsed);
    return this.#recordingFailure(question, elapsed, async () => {
      const reports = await this.#collect(question);
      assertAnySource(reports, this.dependencies.revealRefused);
      const answer = make(collectView(reports, new Date()));
      await this.#record(question, answer, { sources: reports.filter(hasAnswered).length, elapsed });
      return answer;
    });
  }

  /** Gives again, or goes on with, what was collected before: decided and recorded anew, no source is asked. */
  async giveAgain<A extends Answer>(question: ViewQuestion, answer: A): Promise<A> {
    const elapsed = stopwatch();
    await this.#authorise(question, elapsed);
    await this.#record(question, answer, { sources: 0, elapsed });
    return answer;
  }

  async #authorise(question: ViewQuestion, elapsed: () => number): Promise<void> {
    const { decisions, journal, binding } = this.dependencies;
    const { bsn, identity } = question;
    const patientMatches = matchesPatient(identity.patientBinding, toPatientIdentifier(bsn), binding);
    const decision = decideView(decisions, identity, patientMatches);
    if (decision.allow) return;
    const reasons = decision.reasons.map(({ code }) => code);
    await journal.record(question, { outcome: 'denied', reasons, milliseconds: elapsed() });
    throw refusal(decision);
  }

  async #recordingFailure<T>(
    question: ViewQuestion,
    elapsed: () => number,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const failure = toFailure(cause);
      const reasons = [failure.kind];
      await this.dependencies.journal.record(question, {
        outcome: 'failed',
        reasons,
        milliseconds: elapsed(),
      });
      throw failure;
    }
  }

  async #record(
    question: ViewQuestion,
    { resourceTypes, facts }: Answer,
    { sources, elapsed }: { sources: number; elapsed: () => number },
  ): Promise<void> {
    await this.dependencies.journal.record(question, {
      outcome: 'success',
      resourceTypes,
      sources,
      facts,
      milliseconds: elapsed(),
    });
  }

  async #collect(question: ViewQuestion): Promise<SourceReport[]> {
    const { decisions, localise, fanOut, budgetMs } = this.dependencies;
    const { bsn, identity, categories } = question;
    const budget = AbortSignal.timeout(budgetMs);
    const signal = AbortSignal.any([question.signal, budget]);
    const restriction = restrictionOf(identity.scopes);
    const visible = [...visibleCategories(decisions, identity)].filter(
      (category) =>
        categories?.includes(category) !== false && restriction?.permitsCategory(category) !== false,
    );
    if (categories?.length === 0) return [];
    const registrations = await until(signal, localise({ bsn, identity })).catch((cause: unknown) => {
      if (!budget.aborted) throw cause;
      throw new Failure('timeout', 'It was not found out in time who holds data', { cause });
    });
    const sources = toSources(registrations, new Set(visible)).filter((source) =>
      holdsAny(source, categories),
    );
    const reports = await fanOut.ask({ ...question, signal, sources });
    return restriction === undefined ? reports : reports.map((report) => restricted(report, restriction));
  }
}

/** Whose patient it is every custodian registers: that alone is no reason to ask it, unless nothing else is asked. */
function holdsAny(source: RegisteredSource, categories: readonly DataCategory[] | undefined): boolean {
  if (categories === undefined) return true;
  const facts = categories.filter((category) => category !== 'Patient');
  const wanted = facts.length === 0 ? categories : facts;
  return source.categories.some((category) => wanted.includes(category));
}

function restricted(report: SourceReport, { permits }: Restriction): SourceReport {
  return { ...report, resources: report.resources.filter(({ resource }) => permits(resource)) };
}

function stopwatch(): () => number {
  const started = performance.now();
  return () => performance.now() - started;
}
