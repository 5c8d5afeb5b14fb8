import { toFailure } from '@samenhang/errors';
import { matchesPatient, type PatientBinding, type VerifiedIdentity } from '@samenhang/identity';
import { toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { until } from '../sources/limited.js';
import type { SourceFanOut } from '../sources/source-fan-out.js';
import { hasAnswered, type SourceReport } from '../sources/source-report.js';
import { toSources, type Registration } from './registrations.js';
import { buildPatientView, type ViewBundle } from './view-bundle.js';
import { decideView, refusal, visibleCategories, type ViewDecisions } from './view-decision.js';
import type { ViewJournal } from './view-journal.js';
import { assertAnySource } from './view-outcome.js';

export interface ViewQuestion {
  readonly bsn: Bsn;
  readonly identity: VerifiedIdentity;
  readonly traceparent: string;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
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
}

/** The read path: decide, locate, ask every source, integrate, record, answer. */
export class PatientViewService {
  constructor(private readonly dependencies: PatientViewDependencies) {}

  async view(question: ViewQuestion): Promise<ViewBundle> {
    const { decisions, journal } = this.dependencies;
    const { bsn, identity } = question;
    const started = performance.now();
    const elapsed = (): number => performance.now() - started;
    const patient = toPatientIdentifier(bsn);
    const patientMatches = matchesPatient(identity.patientBinding, patient, this.dependencies.binding);
    const decision = decideView(decisions, identity, patientMatches);
    if (!decision.allow) {
      const reasons = decision.reasons.map(({ code }) => code);
      await journal.record(question, { outcome: 'denied', reasons, milliseconds: elapsed() });
      throw refusal(decision);
    }
    try {
      return await this.#answer(question, elapsed);
    } catch (cause) {
      const failure = toFailure(cause);
      await journal.record(question, {
        outcome: 'failed',
        reasons: [failure.kind],
        milliseconds: elapsed(),
      });
      throw failure;
    }
  }

  async #answer(question: ViewQuestion, elapsed: () => number): Promise<ViewBundle> {
    const { journal, revealRefused, self } = this.dependencies;
    const reports = await this.#collect(question);
    assertAnySource(reports, revealRefused);
    const view = buildPatientView(reports, { self, revealRefused, at: new Date() });
    await journal.record(question, {
      outcome: 'success',
      resourceTypes: view.resourceTypes,
      sources: reports.filter(hasAnswered).length,
      facts: view.facts,
      milliseconds: elapsed(),
    });
    return view.bundle;
  }

  async #collect(question: ViewQuestion): Promise<SourceReport[]> {
    const { decisions, localise, fanOut } = this.dependencies;
    const { bsn, identity, signal } = question;
    const registrations = await until(signal, localise({ bsn, identity }));
    const sources = toSources(registrations, visibleCategories(decisions, identity));
    return fanOut.ask({ ...question, sources });
  }
}
