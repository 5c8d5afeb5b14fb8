import { Injectable } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { AccessTokens, authorisedFetch } from '@samenhang/identity';
import { AddressBookClient } from '@samenhang/localisation';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { assertPermit, readRunLine, type PermitTerms, type RunColumn } from '@samenhang/secondary-use';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { SecondaryUseConfiguration } from '../configuration.js';
import type { Permit } from '../permits/permit.js';
import { ProjectSecrets } from '../projects/project-secrets.js';
import { PseudonymReader } from '../projects/pseudonym-reader.js';
import { linesOf } from './answer-lines.js';
import { statusOf, type HolderOutcome } from './holder-outcome.js';

/** What a holder said: rows in which persons have the pseudonyms of the project. */
export interface HolderRows {
  readonly custodian: Ura;
  readonly columns: readonly RunColumn[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface FederatedQuestion {
  readonly permit: Permit;
  readonly view: unknown;
  /** Under which the persons get their pseudonyms. */
  readonly recipient: PseudonymRecipient;
  /** Aborted when the permit ends. */
  readonly signal: AbortSignal;
  /** Told of each holder that is done, however it went. */
  readonly onDone?: () => void;
}

/** Without who said it; and whether there was more. */
type HolderAnswer = Omit<HolderRows, 'custodian'> & { readonly truncated: boolean };

/** What a run-local key looks like, wherever it stands in a row. */
const KEY = /\b[\da-f]{32}\b/g;
const HOLDER_SCOPE = 'secondary:run';

/** A view at every holder of a permit, side by side; each with its own deadline, its own failure and its own assertion. */
@Injectable()
export class FederatedViews {
  readonly #addressBook: AddressBookClient<Awaited<ReturnType<AccessTokens['clientCredentials']>>>;

  constructor(
    private readonly tokens: AccessTokens,
    private readonly configuration: SecondaryUseConfiguration,
    private readonly secrets: ProjectSecrets,
    private readonly pseudonyms: PseudonymReader,
    environment: ServiceEnvironment,
  ) {
    this.#addressBook = new AddressBookClient({
      addressBookUrl: environment.serviceUrl('address-book'),
      tokens,
      send: authorisedFetch,
    });
  }

  /** Gives whole answers to `take`, one holder at a time, and tells of every holder how it went. */
  async run(question: FederatedQuestion, take: (answer: HolderRows) => void): Promise<HolderOutcome[]> {
    const secret = await this.secrets.of(question.permit.id);
    const waiting = question.permit.custodians.map((custodian, place) => ({ custodian, place }));
    const outcomes: HolderOutcome[] = [];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        outcomes[next.place] = await this.#ask(next.custodian, question, secret, take);
        question.onDone?.();
      }
    };
    await Promise.all(Array.from({ length: this.configuration.holderConcurrency }, work));
    question.signal.throwIfAborted();
    return outcomes;
  }

  async #ask(
    custodian: Ura,
    question: FederatedQuestion,
    secret: string,
    take: (answer: HolderRows) => void,
  ): Promise<HolderOutcome> {
    const signal = AbortSignal.any([
      question.signal,
      AbortSignal.timeout(this.configuration.holderDeadlineMs),
    ]);
    try {
      const endpoint = await this.#addressBook.endpointOf(custodian);
      if (endpoint === undefined) return { custodian, status: 'no-endpoint', rows: 0 };
      const base = endpoint.address.replace(/\/+$/, '');
      const { truncated, ...answer } = await this.#converse(base, question, secret, signal);
      take({ custodian, ...answer });
      return { custodian, status: truncated ? 'truncated' : 'ok', rows: answer.rows.length };
    } catch (error) {
      return { custodian, status: statusOf(error, signal), rows: 0 };
    }
  }

  async #converse(
    base: string,
    { permit, view, recipient }: FederatedQuestion,
    secret: string,
    signal: AbortSignal,
  ): Promise<HolderAnswer> {
    const token = await this.tokens.clientCredentials({
      audience: base,
      scope: HOLDER_SCOPE,
      organisation: permit.requester,
    });
    const terms = termsOf(permit, recipient, secret);
    const assertion = await assertPermit({ terms, holder: base, request: view }, this.secrets.signing);
    const response = await authorisedFetch(token, `${base}/ViewDefinition/$run`, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({
        resourceType: 'Parameters',
        parameter: [
          { name: 'viewResource', resource: view },
          { name: 'permit', valueString: assertion },
        ],
      }),
      signal,
    });
    if (!response.ok || response.body === null) throw await refusalOf(response);
    return this.#read(response.body as unknown as AsyncIterable<Uint8Array>, recipient);
  }

  async #read(body: AsyncIterable<Uint8Array>, recipient: PseudonymRecipient): Promise<HolderAnswer> {
    const names = new Map<string, string>();
    const rows: (readonly unknown[])[] = [];
    let columns: readonly RunColumn[] = [];
    for await (const text of linesOf(body)) {
      const line = readRunLine(text.replace(KEY, (key) => names.get(key) ?? key));
      if ('columns' in line) columns = line.columns;
      else if ('persons' in line)
        for (const [key, name] of await this.pseudonyms.read(line.persons, recipient)) names.set(key, name);
      else if ('row' in line) {
        if (line.row.length !== columns.length)
          throw new Failure('upstream', 'A row does not fit its columns');
        if (rows.push(line.row) > this.configuration.outputMaximumRows)
          throw new Failure('too-large', 'The answer has more rows than an output may have');
      } else {
        if (line.end.rows !== rows.length) throw new Failure('upstream', 'Rows of the holder are missing');
        return { columns, rows, truncated: line.end.truncated };
      }
    }
    throw new Failure('unavailable', 'The answer of the holder broke off');
  }
}

function termsOf(permit: Permit, recipient: PseudonymRecipient, secret: string): PermitTerms {
  const { id, purpose, datasets, period, dates, population } = permit;
  return {
    permitId: id,
    purpose,
    datasets,
    period,
    dates,
    ...(population === undefined ? {} : { population }),
    recipient,
    secret,
  };
}

async function refusalOf(response: Response): Promise<Failure> {
  await response.body?.cancel();
  if (response.status === 401 || response.status === 403)
    return new Failure('forbidden', 'The holder refuses');
  if (response.status === 504) return new Failure('timeout', 'The view takes too long at the holder');
  if (response.status >= 500 || response.status === 429)
    return new Failure('unavailable', 'The holder does not answer now');
  return new Failure('upstream', 'The holder does not take the view');
}
