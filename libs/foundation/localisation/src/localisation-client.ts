import { identifierSystems, type DataCategory, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import {
  blind,
  derivePersonInput,
  encodeBase64Url,
  encodePseudonymToken,
  referenceIndexRecipient,
  type PseudonymRecipient,
} from '@samenhang/oprf';
import type { Bsn } from '@samenhang/patient-identity';
import { readAnswer } from './answer.js';
import type { AuthorisedSend, TokenProvider } from './authorised-access.js';
import { readLocalisations, toRegistrationBundle, type Localisation } from './registration-bundle.js';

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

export interface SingleRegistration {
  readonly bsn: Bsn;
  readonly custodian: Ura;
  readonly category: DataCategory;
  readonly sourceId: string;
}

type TokenFor<Token> = (audience: string, scope: string) => Promise<Token>;

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
    const tokenFor: TokenFor<Token> = (audience, scope) =>
      this.options.tokens.clientCredentials({ audience, scope, organisation: change.custodian });
    const token = await this.#pseudonymToken(change.bsn, tokenFor);
    const url = `${this.options.referenceIndexUrl}/fhir`;
    const body = JSON.stringify(toRegistrationBundle({ ...change, token }));
    const accessToken = await tokenFor(this.options.referenceIndexUrl, 'nvi:create nvi:delete');
    await readAnswer('reference index', () =>
      this.options.send(accessToken, url, {
        method: 'POST',
        headers: FHIR_TYPE,
        body,
        timeoutMs: this.#timeoutMs,
      }),
    );
  }

  /**
   * Which custodians registered data of this person, as far as the professional may know. Empty means that nothing is
   * registered; it never means that no data exists.
   */
  async localise(question: { readonly bsn: Bsn; readonly identity: Subject }): Promise<Localisation[]> {
    const tokenFor: TokenFor<Token> = (audience, scope) =>
      this.options.tokens.exchange({ subject: question.identity, audience, scope });
    const token = await this.#pseudonymToken(question.bsn, tokenFor);
    const url = `${this.options.referenceIndexUrl}/fhir/List/_search`;
    const body = new URLSearchParams({
      'subject:identifier': `${identifierSystems.referenceIndexPseudonym}|${token}`,
    }).toString();
    const accessToken = await tokenFor(this.options.referenceIndexUrl, 'nvi:localize');
    const answer = await readAnswer('reference index', () =>
      this.options.send(accessToken, url, {
        method: 'POST',
        headers: FORM_TYPE,
        body,
        timeoutMs: this.#timeoutMs,
      }),
    );
    const localisations = readLocalisations(answer);
    if (localisations === undefined)
      throw new Failure('upstream', 'The reference index gave an answer that cannot be read');
    return distinct(localisations);
  }

  async #pseudonymToken(bsn: Bsn, tokenFor: TokenFor<Token>): Promise<string> {
    const input = derivePersonInput({ landCode: 'NL', type: 'BSN', value: bsn }, this.#recipient);
    const { blindFactor, blindedElement } = blind(input);
    const url = `${this.options.pseudonymisationUrl}/oprf/eval`;
    const body = JSON.stringify({
      encryptedPersonalId: encodeBase64Url(blindedElement),
      recipientOrganization: this.#recipient.organisation,
      recipientScope: this.#recipient.scope,
    });
    const accessToken = await tokenFor(this.options.pseudonymisationUrl, 'prs:evaluate');
    const answer = await readAnswer('pseudonymisation service', () =>
      this.options.send(accessToken, url, {
        method: 'POST',
        headers: JSON_TYPE,
        body,
        timeoutMs: this.#timeoutMs,
      }),
    );
    const { jwe } = (answer ?? {}) as { jwe?: unknown };
    if (typeof jwe !== 'string')
      throw new Failure('upstream', 'The pseudonymisation service gave an answer that cannot be read');
    return encodePseudonymToken({ evaluatedOutput: jwe, blindFactor });
  }
}

/** Several sources of one custodian are one place to ask. */
function distinct(localisations: readonly Localisation[]): Localisation[] {
  return [...new Map(localisations.map((each) => [`${each.custodian} ${each.category}`, each])).values()];
}
