import { guardsOf, type FhirResource, type Ura } from '@samenhang/data-model';
import { Failure, toFailure } from '@samenhang/errors';
import {
  matchesPatient,
  PATIENT_REQUEST,
  type AccessTokens,
  type PatientBinding,
  type VerifiedIdentity,
} from '@samenhang/identity';
import { toPatientIdentifier } from '@samenhang/patient-identity';
import type { Call } from '../patient-view/call.js';
import { decideView, refusal, visibleCategories, type ViewDecisions } from '../patient-view/view-decision.js';
import type { ViewJournal } from '../patient-view/view-journal.js';
import { restrictionOf } from '../scopes/smart-scopes.js';
import { ByteBudget } from '../sources/byte-budget.js';
import { HolderConversation, NotThere, toSourceFailure } from '../sources/holder-conversation.js';
import { until } from '../sources/limited.js';
import type { FindEndpoint } from '../sources/source-fan-out.js';
import type { SourceFailure } from '../sources/source-report.js';
import type { AttachmentQuestion } from './attachment-question.js';

export interface AttachmentDependencies {
  readonly decisions: ViewDecisions;
  readonly binding: () => PatientBinding;
  readonly journal: Pick<ViewJournal, 'record'>;
  readonly tokens: Pick<AccessTokens, 'exchange'>;
  readonly findEndpoint: FindEndpoint;
  readonly deadlineMs: number;
  readonly maximumBytes: number;
}

/** What asks for one file, by whom. */
type Asked = Call & AttachmentQuestion & { readonly query: string };

const DOCUMENT = /^(DocumentReference|DiagnosticReport)\/([A-Za-z0-9\-.]{1,64})$/;
const nothingThere = (): Failure => new Failure('not-found', 'There is no such file');

/**
 * The bytes of a document, which a view only refers to: from the care provider that holds it, which decides and records as for
 * any of its data. The address comes from the address book; what the caller says must lie under it.
 */
export class AttachmentService {
  constructor(private readonly dependencies: AttachmentDependencies) {}

  /** A FHIR Binary. It is recorded before it is given. */
  async read(call: Call, question: AttachmentQuestion): Promise<object> {
    const started = performance.now();
    const elapsed = (): number => performance.now() - started;
    const asked = { ...call, ...question, query: 'DocumentReference/$attachment' };
    const { journal } = this.dependencies;
    await this.#authorise(asked, elapsed);
    try {
      const { document, data, contentType } = await this.#fetch(asked);
      const result = { resourceTypes: [document.resourceType], sources: 1, facts: 1 };
      await journal.record(asked, { outcome: 'success', ...result, milliseconds: elapsed() });
      return {
        resourceType: 'Binary',
        contentType,
        securityContext: { reference: question.document },
        data,
      };
    } catch (cause) {
      const failure = toFailure(cause);
      const reasons = [failure.kind];
      await journal.record(asked, { outcome: 'failed', reasons, milliseconds: elapsed() });
      throw failure;
    }
  }

  async #authorise(asked: Asked, elapsed: () => number): Promise<void> {
    const { decisions, binding, journal } = this.dependencies;
    const { identity, bsn, custodian } = asked;
    const patientMatches = matchesPatient(identity.patientBinding, toPatientIdentifier(bsn), binding);
    const decision = decideView(decisions, identity, patientMatches);
    const isSeen = seesDocuments(decisions, identity) && gaveLeave(identity, custodian);
    if (decision.allow && isSeen) return;
    const reasons = decision.allow ? ['category_not_allowed'] : decision.reasons.map(({ code }) => code);
    await journal.record(asked, { outcome: 'denied', reasons, milliseconds: elapsed() });
    throw decision.allow ? new Failure('forbidden', 'This role may not see documents') : refusal(decision);
  }

  async #fetch(asked: Asked): Promise<{ document: FhirResource; data: string; contentType: string }> {
    const { tokens, findEndpoint, deadlineMs, maximumBytes } = this.dependencies;
    const { custodian, bsn, identity, traceparent } = asked;
    const signal = AbortSignal.any([asked.signal, AbortSignal.timeout(deadlineMs)]);
    try {
      const endpoint = await until(signal, findEndpoint(custodian));
      if (endpoint === undefined) throw nothingThere();
      const base = endpoint.address.replace(/\/+$/, '');
      const [type, id] = nameUnder(base, asked.document);
      const exchange = tokens.exchange({ subject: identity, audience: base, scope: 'holder:read' });
      const token = await until(signal, exchange);
      const budget = new ByteBudget(maximumBytes);
      const options = { custodian, base, bsn, token, signal, budget, traceparent };
      const conversation = new HolderConversation(options);
      await conversation.findPatients();
      const { document, file } = await conversation.readDocument(type, id, asked.at);
      if (file === undefined || restrictionOf(identity.scopes)?.permits(document) === false)
        throw nothingThere();
      return { document, data: file.data, contentType: file.contentType };
    } catch (cause) {
      throw cause instanceof Failure ? cause : failureOf(toSourceFailure(cause, signal));
    }
  }
}

function seesDocuments(decisions: ViewDecisions, identity: VerifiedIdentity): boolean {
  const seen = visibleCategories(decisions, identity);
  return guardsOf('DocumentReference').every((guard) => seen.has(guard));
}

/** A citizen chose themselves whom to ask. */
function gaveLeave({ purposeOfUse, dataHolders = [] }: VerifiedIdentity, custodian: Ura): boolean {
  return purposeOfUse !== PATIENT_REQUEST || dataHolders.includes(custodian);
}

/** @throws Failure for what is no document of this server */
function nameUnder(base: string, address: string): [type: string, id: string] {
  const relative = address.startsWith(`${base}/`) ? address.slice(base.length + 1) : '';
  const [, type, id] = DOCUMENT.exec(relative) ?? [];
  if (type === undefined || id === undefined) throw nothingThere();
  return [type, id];
}

function failureOf(failure: SourceFailure): Failure {
  if (failure instanceof NotThere) return nothingThere();
  if (failure.status === 'refused')
    return new Failure('forbidden', 'The care provider does not give the file');
  const text = 'The care provider gave no usable answer';
  return new Failure(failure.status === 'timed-out' ? 'timeout' : 'upstream', text, { cause: failure });
}
