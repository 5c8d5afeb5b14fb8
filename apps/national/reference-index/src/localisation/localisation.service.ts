import { Injectable } from '@nestjs/common';
import type { DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import { GroupCommit, inTransactionUnder } from '@samenhang/persistence';
import type { PseudonymToken } from '@samenhang/oprf';
import { DataSource } from 'typeorm';
import { IndexAudit, type IndexAct } from '../audit/index-audit.js';
import { PatientHandles } from '../changes/patient-handles.js';
import type { Registration } from '../registrations/registration.js';
import { Rekeying } from '../rekeying/rekeying.js';
import { PseudonymOpener, type OpenedPseudonym } from '../tokens/pseudonym-opener.js';
import { requesterOf } from '../tokens/requester.js';
import { TokenRefusal } from '../tokens/token-refusal.js';
import { LocalisationPolicy } from './localisation-policy.js';
import type { FoundRegistration, Lookup } from './lookup.js';
import { lookUp } from './lookup-store.js';

export interface LocalisationQuestion {
  readonly token: string | PseudonymToken;
  readonly categories?: readonly DataCategory[];
}

export interface LocalisationAnswer {
  readonly registrations: readonly Registration[];
  /** Of the person, for those who may subscribe to changes; only with registrations, so that a refusal stays one. */
  readonly patientHandle?: string;
}

type Act = Omit<IndexAct, 'outcome'>;

interface Question extends Lookup {
  readonly identity: VerifiedIdentity;
  readonly act: Act;
}

/** Undefined when the token was used before. */
type Told = readonly FoundRegistration[] | undefined;

/**
 * "Which custodians hold data of this person?" Where somebody is in care tells about that somebody, so that the
 * question is for professionals with a purpose only, and a refusal looks like an empty answer.
 */
@Injectable()
export class LocalisationService {
  readonly #questions = new GroupCommit<Question, Told>((questions) => this.#answerAll(questions));

  constructor(
    private readonly dataSource: DataSource,
    private readonly opener: PseudonymOpener,
    private readonly rekeying: Rekeying,
    private readonly policy: LocalisationPolicy,
    private readonly handles: PatientHandles,
    private readonly audit: IndexAudit,
  ) {}

  async localise(question: LocalisationQuestion, identity: VerifiedIdentity): Promise<LocalisationAnswer> {
    const { token, categories } = question;
    const query = categories === undefined ? 'all categories' : `code=${categories.join(',')}`;
    const act: Act = { activity: 'localise', who: identity, query };
    const told = await this.audit.recordingRefusal(act, async () => {
      assertProfessional(identity);
      const pseudonym = await this.#open(token, identity);
      const requesterType = identity.organisation?.facilityType ?? '';
      return this.#questions.submit({ pseudonym, categories, requesterType, identity, act });
    });
    if (told === undefined) throw new TokenRefusal('used');
    const [first] = told;
    return first !== undefined && identity.scopes.has('nvi:subscribe')
      ? { registrations: told, patientHandle: this.handles.of(first.pseudonymHash) }
      : { registrations: told };
  }

  #open(token: string | PseudonymToken, identity: VerifiedIdentity): Promise<OpenedPseudonym> {
    const requester = requesterOf(identity);
    return typeof token === 'string'
      ? this.opener.open(token, requester)
      : this.opener.openToken(token, requester);
  }

  #answerAll(questions: readonly Question[]): Promise<readonly Told[]> {
    return inTransactionUnder(this.dataSource, {}, async (transaction) => {
      const results = await lookUp(transaction, questions);
      const found = questions.filter((_question, index) => (results[index]?.length ?? 0) > 0);
      await this.rekeying.adopt(
        transaction,
        found.map(({ pseudonym }) => pseudonym),
      );
      const acts: IndexAct[] = [];
      const told = questions.map(({ identity, act }, index): Told => {
        const result = results[index];
        if (result === undefined) {
          acts.push({ ...act, outcome: 'denied', reasons: ['token-used'] });
          return undefined;
        }
        // Looked up before the decision is known: a refusal takes as long as an answer.
        const { allow, reasons, visible } = this.policy.decide(identity, result);
        acts.push({ ...act, outcome: allow ? 'success' : 'denied', reasons });
        return visible;
      });
      await this.audit.recordAll(transaction, acts);
      return told;
    });
  }
}

/** Without these the question cannot be judged at all: the token is of the wrong kind, whoever the patient is. */
function assertProfessional(identity: VerifiedIdentity): void {
  if (identity.professional === undefined || identity.purposeOfUse === undefined) {
    throw new Failure('forbidden', 'Localisation needs a token with a professional and a purpose of use');
  }
}
