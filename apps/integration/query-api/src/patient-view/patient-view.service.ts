import { setImmediate as nextTurn } from 'node:timers/promises';
import { dataCategories, type DataCategory } from '@samenhang/data-model';
import { toFailure, toOperationOutcome } from '@samenhang/errors';
import { matchesPatient, type PatientBinding, type VerifiedIdentity } from '@samenhang/identity';
import { toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { hasAnswered, type RegisteredSource, type SourceReport } from '../sources/source-report.js';
import type { Capacity } from './capacity.js';
import { collectView, type CollectedView } from './collected-view.js';
import { buildPatientView, type ViewSettings } from './view-bundle.js';
import { PreparedSources } from './prepared-sources.js';
import type { Collected, Located, ViewCollector } from './view-collector.js';
import { decideView, refusal, type ViewDecisions } from './view-decision.js';
import type { ViewJournal } from './view-journal.js';
import { assertAnySource } from './view-outcome.js';
import { failureLine, LineQueue, sourceLine, startLine, viewLine } from './view-stream.js';

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
  /** Types of which facts of no data category are wanted; of all when left out together with categories. */
  readonly others?: readonly string[];
  /** Whether what the sources say is kept for a while, so that those that are missing can be asked again. */
  readonly mayRetry?: boolean;
  /** Name of what was kept: only the sources that were missing are asked. */
  readonly retry?: string;
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
  readonly collector: Pick<ViewCollector, 'locate' | 'collect'>;
  readonly journal: Pick<ViewJournal, 'record'>;
  readonly capacity: Pick<Capacity, 'take'>;
  /** Address of the operation, for the Bundle's self link. */
  readonly self: string;
  readonly revealRefused: boolean;
}

export type Wanted = Pick<ViewSettings, 'includes' | 'dedupe'>;

/** The read path: decide, locate, ask every source, integrate, record, answer. */
export class PatientViewService {
  constructor(private readonly dependencies: PatientViewDependencies) {}

  /** Everything, as one Bundle in JSON. */
  view(question: ViewQuestion, wanted: Wanted = {}): Promise<string> {
    const { self, revealRefused } = this.dependencies;
    const make = (view: CollectedView) => buildPatientView(view, { self, revealRefused, ...wanted });
    return this.#answer(question, new PreparedSources(true), make, ({ write }) => write());
  }

  /** An answer made of what all sources said; it is recorded before it is given. */
  answer<A extends Answer>(question: ViewQuestion, make: (view: CollectedView) => A): Promise<A> {
    return this.#answer(question, new PreparedSources(false), make, (answer) => answer);
  }

  async #answer<A extends Answer, Given>(
    question: ViewQuestion,
    prepared: PreparedSources,
    make: (view: CollectedView) => A,
    give: (answer: A) => Given,
  ): Promise<Given> {
    const release = this.dependencies.capacity.take();
    try {
      const elapsed = stopwatch();
      await this.#authorise(question, elapsed);
      return await this.#recordingFailure(question, elapsed, async () => {
        const { collector } = this.dependencies;
        const located = await collector.locate(question);
        const collected = await collector.collect(question, located, (report) => prepared.take(report));
        const answer = make(this.#merge(collected, prepared));
        const sources = collected.reports.filter(hasAnswered).length;
        const recorded = this.#record(question, answer, { sources, elapsed });
        // It is written while the database keeps that it will be given, and given only then.
        const [given] = await Promise.all([nextTurn().then(() => give(answer)), recorded]);
        return given;
      });
    } finally {
      release();
    }
  }

  /** Everything, as it comes: each source when it answers, then the whole. Recorded before the first of it is given. */
  async stream(question: ViewQuestion, wanted: Wanted = {}): Promise<AsyncIterable<string>> {
    const release = this.dependencies.capacity.take();
    question.signal.addEventListener('abort', release, { once: true });
    try {
      const elapsed = stopwatch();
      await this.#authorise(question, elapsed);
      const located = await this.#recordingFailure(question, elapsed, () =>
        this.dependencies.collector.locate(question),
      );
      const sources = located.sources.length + located.settled.length;
      await this.#record(
        question,
        { facts: 0, resourceTypes: typesOf(located.sources) },
        { sources, elapsed },
      );
      const lines = new LineQueue();
      void this.#fill(lines, question, located, wanted).finally(release);
      return lines;
    } catch (cause) {
      release();
      throw cause;
    }
  }

  async #fill(lines: LineQueue, question: ViewQuestion, located: Located, wanted: Wanted): Promise<void> {
    const { collector, self, revealRefused } = this.dependencies;
    const of = located.sources.length;
    let answered = 0;
    const prepared = new PreparedSources(true);
    const onReport = (report: SourceReport): void => {
      answered += 1;
      prepared.take(report);
      lines.push(sourceLine(report, { answered, of }, revealRefused));
    };
    try {
      lines.push(startLine(of));
      const view = this.#merge(await collector.collect(question, located, onReport), prepared);
      lines.push(viewLine(buildPatientView(view, { self, revealRefused, ...wanted }).write()));
    } catch (cause) {
      lines.push(failureLine(toOperationOutcome(toFailure(cause))));
    } finally {
      lines.end();
    }
  }

  #merge({ reports, retry }: Collected, prepared: PreparedSources): CollectedView {
    assertAnySource(reports, this.dependencies.revealRefused);
    return { ...collectView(reports, new Date(), prepared), ...(retry === undefined ? {} : { retry }) };
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
}

function typesOf(sources: readonly RegisteredSource[]): string[] {
  const categories = new Set(sources.flatMap((source) => source.categories));
  const asked = dataCategories.filter(({ code }) => categories.has(code));
  const others = sources.flatMap((source) => source.others ?? []);
  return [...new Set([...asked.map(({ resourceType }) => resourceType), ...others])];
}

function stopwatch(): () => number {
  const started = performance.now();
  return () => performance.now() - started;
}
