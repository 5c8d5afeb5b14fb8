import { identifierSystems, type DataCategory, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import {
  blind,
  derivePersonInput,
  encodeBase64Url,
  encodePseudonymToken,
  referenceIndexRecipient,
  type BlindedInput,
  type PseudonymRecipient,
  type PseudonymToken,
} from '@samenhang/oprf';
import type { Bsn } from '@samenhang/patient-identity';
import { readAnswer } from './answer.js';
import type { AuthorisedSend, TokenProvider } from './authorised-access.js';
import {
  readLocalisations,
  readPatientHandle,
  readRegistrationIds,
  toRegistrationBundle,
  type Localisation,
} from './registration-bundle.js';

export type { Localisation } from './registration-bundle.js';

export interface LocalisationClientOptions<Token, Subject> {
  /** Base URLs without trailing slash; also the audiences of the access tokens. */
  readonly pseudonymisationUrl: string;
  readonly referenceIndexUrl: string;
  readonly tokens: TokenProvider<Token, Subject>;
  readonly send: AuthorisedSend<Token>;
  /** How the index is called as a recipient of pseudonyms; pinned per deployment. */
  readonly recipient?: PseudonymRecipient;
  readonly timeoutMs?: number;
}

export interface RegistrationChange {
  readonly bsn: Bsn;
  readonly custodian: Ura;
  /** The source that manages the data, as the index knows it. */
  readonly sourceId: string;
  readonly register: readonly DataCategory[];
  readonly deregister: readonly DataCategory[];
}

export interface PatientChange {
  readonly bsn: Bsn;
  readonly register: readonly DataCategory[];
  readonly deregister: readonly DataCategory[];
}

export interface BulkChange {
  readonly custodian: Ura;
  readonly sourceId: string;
  /** At most `maximumBulkPatients`. */
  readonly patients: readonly PatientChange[];
}

/** A patient who was evaluated before: over the event log, by what `BulkEvaluations` asked. */
export interface EvaluatedPatient extends Omit<PatientChange, 'bsn'> {
  readonly evaluation: PseudonymToken;
}

export interface EvaluatedChange extends Omit<BulkChange, 'patients'> {
  readonly patients: readonly EvaluatedPatient[];
}

/** What both services take in one request with room to spare: 11 categories a patient, 1,000 changes a request. */
export const maximumBulkPatients = 80;

export interface LocalisationAnswer {
  readonly localisations: readonly Localisation[];
  /** What events of changes call this person; only when the index told, and never of somebody without registrations. */
  readonly patientHandle?: string;
}

export interface SingleRegistration {
  readonly bsn: Bsn;
  readonly custodian: Ura;
  readonly category: DataCategory;
  readonly sourceId: string;
}

/** Per patient, in the order given: ids of what is registered now, as far as the index told them. */
export type BulkOutcome = readonly ReadonlyMap<DataCategory, string>[];

type TokenFor<Token> = (audience: string, scope: string) => Promise<Token>;

/** All that an organisation states of what a person does not want to be told: it takes the place of its last statement. */
export interface RestrictionStatement {
  readonly bsn: Bsn;
  readonly statedBy: Ura;
  readonly restrictions: readonly LocalisationRestriction[];
}

/** What is left out stands for all. */
export interface LocalisationRestriction {
  readonly custodian?: Ura;
  readonly category?: DataCategory;
  /** Care-provider type of who asks, such as `G5`. */
  readonly requesterType?: string;
}

interface IndexRequest {
  readonly path: string;
  readonly method?: 'POST' | 'PUT';
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly scope: string;
}

const CHANGE = 'nvi:create nvi:delete';
const LOCALISE_SUBSCRIBED = 'nvi:localize nvi:subscribe';
const EVALUATE = 'prs:evaluate';
const DEFAULT_TIMEOUT_MS = 10_000;
const JSON_TYPE = { 'content-type': 'application/json', accept: 'application/json' };
const FHIR_TYPE = { 'content-type': 'application/fhir+json', accept: 'application/fhir+json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/fhir+json' };

/**
 * Registers and localises at the national reference index. The BSN leaves this class blinded only, with a fresh blind
 * for each call; pseudonym tokens are used once and neither kept nor logged.
 * All methods throw a Failure; `isTransient` tells whether to try again.
 */
export class LocalisationClient<Token, Subject> {
  readonly #recipient: PseudonymRecipient;
  readonly #timeoutMs: number;

  constructor(private readonly options: LocalisationClientOptions<Token, Subject>) {
    this.#recipient = options.recipient ?? referenceIndexRecipient;
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  register({ category, ...registration }: SingleRegistration): Promise<void> {
    return this.change({ ...registration, register: [category], deregister: [] });
  }

  deregister({ category, ...registration }: SingleRegistration): Promise<void> {
    return this.change({ ...registration, register: [], deregister: [category] });
  }

  /** All changes for one patient at one custodian, together or not at all. What holds already counts as done. */
  async change(change: RegistrationChange): Promise<void> {
    if (change.register.length + change.deregister.length === 0) return;
    const tokenFor = this.#onBehalfOf(change.custodian);
    const token = await this.#pseudonymToken(change.bsn, tokenFor);
    const body = JSON.stringify(toRegistrationBundle({ ...change, token }));
    await this.#askIndex({ path: '/fhir', headers: FHIR_TYPE, body, scope: CHANGE }, tokenFor);
  }

  /**
   * Which custodians registered data of this person, as far as the professional may know. Empty means that nothing is
   * registered; it never means that no data exists.
   */
  async localise(question: {
    readonly bsn: Bsn;
    readonly identity: Subject;
  }): Promise<readonly Localisation[]> {
    return (await this.#locate(question, 'nvi:localize')).localisations;
  }

  /** The same for who hears of changes, and may keep the answer until there is one: needs `nvi:subscribe` too. */
  localiseSubscribed(question: {
    readonly bsn: Bsn;
    readonly identity: Subject;
  }): Promise<LocalisationAnswer> {
    return this.#locate(question, LOCALISE_SUBSCRIBED);
  }

  /** Has the tokens ready that `localiseSubscribed` needs first; what goes wrong is told there. */
  prepare(identity: Subject): void {
    const { tokens, pseudonymisationUrl, referenceIndexUrl } = this.options;
    for (const [audience, scope] of [
      [pseudonymisationUrl, EVALUATE],
      [referenceIndexUrl, LOCALISE_SUBSCRIBED],
    ] as const)
      tokens.exchange({ subject: identity, audience, scope }).catch(() => {});
  }

  async #locate(
    question: { readonly bsn: Bsn; readonly identity: Subject },
    scope: string,
  ): Promise<LocalisationAnswer> {
    const tokenFor: TokenFor<Token> = (audience, scope) =>
      this.options.tokens.exchange({ subject: question.identity, audience, scope });
    // The token for the index is wanted next: it is fetched while the pseudonym is made.
    const [token] = await Promise.all([
      this.#pseudonymToken(question.bsn, tokenFor),
      tokenFor(this.options.referenceIndexUrl, scope),
    ]);
    const body = new URLSearchParams({
      'subject:identifier': `${identifierSystems.referenceIndexPseudonym}|${token}`,
    }).toString();
    const answer = await this.#askIndex(
      { path: '/fhir/List/_search', headers: FORM_TYPE, body, scope },
      tokenFor,
    );
    const localisations = readLocalisations(answer);
    if (localisations === undefined)
      throw new Failure('upstream', 'The reference index gave an answer that cannot be read');
    const patientHandle = readPatientHandle(answer);
    return {
      localisations: distinct(localisations),
      ...(patientHandle === undefined ? {} : { patientHandle }),
    };
  }

  /**
   * Changes for many patients of one custodian: one evaluation and one transaction, so that bulk costs a fraction.
   * @returns under which id the index keeps each registration
   */
  async changeMany({ custodian, sourceId, patients }: BulkChange): Promise<BulkOutcome> {
    const changes = patients.flatMap((patient, person) => [
      ...patient.deregister.map((category) => ({ person, category, action: 'withdraw' })),
      ...patient.register.map((category) => ({ person, category, action: 'register' })),
    ]);
    if (changes.length === 0) return patients.map(() => new Map());
    const tokenFor = this.#onBehalfOf(custodian);
    const blinded = patients.map(({ bsn }) => this.#blind(bsn));
    const pseudonyms = await this.#evaluate(
      '/oprf/eval-batch',
      { encryptedPersonalIds: blinded.map(pointOf) },
      tokenFor,
    );
    const body = { pseudonyms, oprf_keys: blinded.map(factorOf), source_id: sourceId, changes };
    const answer = await this.#askIndex(
      { path: '/registrations/batch', headers: JSON_TYPE, body: JSON.stringify(body), scope: CHANGE },
      tokenFor,
    );
    const { ids = [] } = (answer ?? {}) as { ids?: readonly unknown[] };
    const outcome = patients.map(() => new Map<DataCategory, string>());
    for (const [index, { person, category, action }] of changes.entries()) {
      const id = ids[index];
      if (action === 'register' && typeof id === 'string') outcome[person]?.set(category, id);
    }
    return outcome;
  }

  /**
   * The same for patients whose evaluations are there already. Each is good for one request: after one whose outcome is
   * not known it may be used up.
   */
  async changeEvaluated({ custodian, sourceId, patients }: EvaluatedChange): Promise<BulkOutcome> {
    const contents = patients.map(({ evaluation, ...changes }) => ({
      ...changes,
      custodian,
      sourceId,
      token: encodePseudonymToken(evaluation),
    }));
    const body = JSON.stringify(toRegistrationBundle(...contents));
    const tokenFor = this.#onBehalfOf(custodian);
    const answer = await this.#askIndex({ path: '/fhir', headers: FHIR_TYPE, body, scope: CHANGE }, tokenFor);
    const ids = readRegistrationIds(answer).values();
    return patients.map(({ register, deregister }) => {
      deregister.forEach(() => ids.next());
      const named = register.map((category) => [category, ids.next().value] as const);
      return new Map(named.flatMap(([category, id]) => (id === undefined ? [] : [[category, id] as const])));
    });
  }

  /** Of consent registers: what a person restricts, of whichever custodian. An empty list lifts all of it. */
  async restrict({ bsn, statedBy, restrictions }: RestrictionStatement): Promise<void> {
    const tokenFor = this.#onBehalfOf(statedBy);
    const { evaluatedOutput, blindFactor } = await this.#pseudonymParts(bsn, tokenFor);
    const body = JSON.stringify({
      pseudonym: evaluatedOutput,
      oprf_key: encodeBase64Url(blindFactor),
      restrictions: restrictions.map(({ requesterType, ...rest }) => ({
        ...rest,
        requester_type: requesterType,
      })),
    });
    const scope = 'nvi:restrict nvi:restrict-any';
    await this.#askIndex({ path: '/restrictions', method: 'PUT', headers: JSON_TYPE, body, scope }, tokenFor);
  }

  async #pseudonymToken(bsn: Bsn, tokenFor: TokenFor<Token>): Promise<string> {
    return encodePseudonymToken(await this.#pseudonymParts(bsn, tokenFor));
  }

  async #pseudonymParts(bsn: Bsn, tokenFor: TokenFor<Token>): Promise<PseudonymToken> {
    const blinded = this.#blind(bsn);
    const evaluatedOutput = await this.#evaluate(
      '/oprf/eval',
      { encryptedPersonalId: pointOf(blinded) },
      tokenFor,
    );
    return { evaluatedOutput, blindFactor: blinded.blindFactor };
  }

  #blind(bsn: Bsn): BlindedInput {
    return blind(derivePersonInput({ landCode: 'NL', type: 'BSN', value: bsn }, this.#recipient));
  }

  /** @returns the JWE, which only the index can open */
  async #evaluate(path: string, points: object, tokenFor: TokenFor<Token>): Promise<string> {
    const { pseudonymisationUrl, send } = this.options;
    const { organisation: recipientOrganization, scope: recipientScope } = this.#recipient;
    const body = JSON.stringify({ ...points, recipientOrganization, recipientScope });
    const accessToken = await tokenFor(pseudonymisationUrl, EVALUATE);
    const request = { method: 'POST', headers: JSON_TYPE, body, timeoutMs: this.#timeoutMs } as const;
    const answer = await readAnswer('pseudonymisation service', () =>
      send(accessToken, `${pseudonymisationUrl}${path}`, request),
    );
    const { jwe } = (answer ?? {}) as { jwe?: unknown };
    if (typeof jwe !== 'string')
      throw new Failure('upstream', 'The pseudonymisation service gave an answer that cannot be read');
    return jwe;
  }

  async #askIndex(
    { path, scope, method = 'POST', ...content }: IndexRequest,
    tokenFor: TokenFor<Token>,
  ): Promise<unknown> {
    const { referenceIndexUrl, send } = this.options;
    const accessToken = await tokenFor(referenceIndexUrl, scope);
    const request = { method, ...content, timeoutMs: this.#timeoutMs };
    return readAnswer(
      'reference index',
      () => send(accessToken, `${referenceIndexUrl}${path}`, request),
      scope === CHANGE,
    );
  }

  #onBehalfOf(organisation: Ura): TokenFor<Token> {
    return (audience, scope) => this.options.tokens.clientCredentials({ audience, scope, organisation });
  }
}

const pointOf = (blinded: BlindedInput): string => encodeBase64Url(blinded.blindedElement);
const factorOf = (blinded: BlindedInput): string => encodeBase64Url(blinded.blindFactor);

/** Several sources of one custodian are one place to ask. */
function distinct(localisations: readonly Localisation[]): Localisation[] {
  return [...new Map(localisations.map((each) => [`${each.custodian} ${each.category}`, each])).values()];
}
