import type { FhirResource } from '@samenhang/data-model';
import { AuthorisedRequests, type RequestParts } from './authorised-requests.js';
import type { OptOut, OwnChoice, OwnChoices, DataUse, RecordedChoice } from './own-choices.js';
import { readOwnRecord, summaryOf, type Custodian, type OwnRecord } from './own-record.js';
import type { FhirBundle, PatientView } from './patient-view.js';
import { readPatientView } from './read-view.js';
import { toBundle } from './search.js';
import type { TokenSource } from './tokens.js';

export interface CitizenClientOptions {
  /** Base URL of the audit service. */
  readonly auditUrl: string;
  /** Base URL of the query API, without `/fhir`; without it there is no view of all care providers together. */
  readonly queryUrl?: string;
  /** Base URL of the consent register; without it choices cannot be asked. */
  readonly consentRegisterUrl?: string;
  /**
   * Tokens of the citizen who is signed in: with scope `audit:own` for the address of each care provider's log,
   * `holder:read` for its FHIR API, `view:read` for the query API, `consent:own` for the consent register. `CitizenLogin` gives them.
   */
  readonly tokens: TokenSource;
  readonly timeoutMs?: number;
}

/** Which part of the log: days from and up to and including. */
export interface LogPeriod {
  /** `YYYY-MM-DD` */
  readonly from: string;
  readonly until: string;
  readonly language?: 'nl' | 'en';
  /** Of an earlier page: begins after it. */
  readonly cursor?: string;
}

export interface AccessLogPage {
  /** URA of the care provider whose log it is. */
  readonly custodian: string;
  /** Whether every line is still what was recorded. */
  readonly intact: boolean;
  readonly entries: readonly Readonly<Record<string, unknown>>[];
  readonly cursor?: string;
}

const FHIR_TYPE = { 'content-type': 'application/fhir+json', accept: 'application/fhir+json' };
const JSON_TYPE = { 'content-type': 'application/json', accept: 'application/json' };

/** For citizens: what concerns themselves. The token says who that is; no request names a person. */
export class CitizenClient {
  readonly #auditUrl: string;
  readonly #consentUrl: string;
  readonly #queryUrl: string;

  constructor(private readonly options: CitizenClientOptions) {
    this.#auditUrl = options.auditUrl.replace(/\/+$/, '');
    this.#queryUrl = (options.queryUrl ?? '').replace(/\/+$/, '');
    this.#consentUrl = (options.consentRegisterUrl ?? '').replace(/\/+$/, '');
  }

  /** Who looked at the citizen's data at a care provider, newest first, page after page. */
  async *accessLog(
    custodian: string,
    { cursor: first, ...period }: LogPeriod,
  ): AsyncGenerator<AccessLogPage> {
    const audience = `${this.#auditUrl}/tenants/${encodeURIComponent(custodian)}`;
    const requests = this.#requests(audience, 'audit:own');
    let cursor = first;
    do {
      const body = JSON.stringify({ ...period, ...(cursor === undefined ? {} : { cursor }) });
      const response = await requests.send(`${audience}/access-log`, {
        method: 'POST',
        headers: JSON_TYPE,
        body,
      });
      const page = (await response.json()) as AccessLogPage;
      yield page;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }

  /** Everything that a care provider holds of the citizen. */
  async ownRecord(custodian: Custodian): Promise<OwnRecord> {
    const response = await this.#requests(custodian.fhirUrl, 'holder:read').send(
      `${custodian.fhirUrl}/Patient/$everything`,
      {
        method: 'POST',
        headers: FHIR_TYPE,
        body: JSON.stringify({ resourceType: 'Parameters' }),
      },
    );
    return readOwnRecord(toBundle(await response.json()), custodian);
  }

  /** The same as an International Patient Summary; undefined when the care provider does not know the citizen. */
  async ownSummary(custodian: Custodian): Promise<FhirResource | undefined> {
    return summaryOf(await this.ownRecord(custodian), custodian);
  }

  /** What all care providers of the leave hold of the citizen, each fact once. */
  async view(): Promise<PatientView> {
    return readPatientView(await this.export());
  }

  /** The same as the FHIR Bundle that it is, to be kept or taken elsewhere. */
  export(): Promise<FhirBundle> {
    return this.#askView('$everything');
  }

  /** The same as an International Patient Summary, a FHIR document. */
  summary(): Promise<FhirBundle> {
    return this.#askView('$summary');
  }

  /** What the citizen decided about the sharing of their data. */
  async choices(): Promise<OwnChoices> {
    const [choices, optOuts] = await Promise.all([
      this.#askRegister<{ choices: RecordedChoice[] }>('choices', { method: 'GET' }),
      this.#askRegister<{ optOuts: OptOut[] }>('opt-outs', { method: 'GET' }),
    ]);
    return { ...choices, ...optOuts };
  }

  /** Takes the place of an earlier choice about the same. */
  choose(choice: OwnChoice): Promise<RecordedChoice> {
    return this.#askRegister('choices', {
      method: 'PUT',
      headers: JSON_TYPE,
      body: JSON.stringify(choice),
    });
  }

  async takeBack(choiceId: string): Promise<void> {
    await this.#sendRegister(`choices/${encodeURIComponent(choiceId)}`, { method: 'DELETE' });
  }

  /** Against primary use (care) or secondary use (research and policy): EHDS, articles 10 and 71. */
  optOut(use: DataUse): Promise<OptOut> {
    return this.#askRegister(`opt-outs/${use}`, { method: 'PUT' });
  }

  async takeBackOptOut(use: DataUse): Promise<void> {
    await this.#sendRegister(`opt-outs/${use}`, { method: 'DELETE' });
  }

  async #askView(operation: '$everything' | '$summary'): Promise<FhirBundle> {
    const response = await this.#requests(this.#queryUrl, 'view:read').send(
      `${this.#queryUrl}/fhir/Patient/${operation}`,
      { method: 'POST', headers: FHIR_TYPE, body: JSON.stringify({ resourceType: 'Parameters' }) },
    );
    return toBundle(await response.json());
  }

  async #askRegister<Answer>(path: string, request: RequestParts): Promise<Answer> {
    return (await (await this.#sendRegister(path, request)).json()) as Answer;
  }

  #sendRegister(path: string, request: RequestParts): Promise<Response> {
    return this.#requests(this.#consentUrl, 'consent:own').send(`${this.#consentUrl}/own/${path}`, request);
  }

  #requests(audience: string, scope: string): AuthorisedRequests {
    const { tokens, timeoutMs = 30_000 } = this.options;
    return new AuthorisedRequests(tokens, audience, timeoutMs, scope);
  }
}
