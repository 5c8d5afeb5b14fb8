import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { authorisedFetch, type AccessTokens } from '@samenhang/identity';
import { blind, derivePersonInput, encodeBase64Url, type PseudonymRecipient } from '@samenhang/oprf';
import type { RunPersons } from '@samenhang/secondary-use';
import type { EligiblePerson } from './eligible-persons.js';

/** Fewer than what the service takes in one request, so that an answer begins soon. */
export const pseudonymBatch = 500;
const TIMEOUT_MS = 20_000;

/**
 * Has persons evaluated for the recipient of a project. The holder sees neither the evaluation, which is sealed, nor the
 * pseudonym; the recipient never sees the number.
 */
export class ProjectPseudonyms {
  constructor(
    private readonly pseudonymisationUrl: string,
    private readonly tokens: Pick<AccessTokens, 'clientCredentials'>,
  ) {}

  async evaluate(
    persons: readonly EligiblePerson[],
    holder: Ura,
    recipient: PseudonymRecipient,
  ): Promise<RunPersons> {
    const blinded = persons.map(({ bsn }) =>
      blind(derivePersonInput({ landCode: 'NL', type: 'BSN', value: bsn }, recipient)),
    );
    const evaluation = await this.#ask(
      {
        encryptedPersonalIds: blinded.map(({ blindedElement }) => encodeBase64Url(blindedElement)),
        recipientOrganization: recipient.organisation,
        recipientScope: recipient.scope,
      },
      holder,
    );
    return {
      keys: persons.map(({ key }) => key),
      blindFactors: blinded.map(({ blindFactor }) => encodeBase64Url(blindFactor)),
      evaluation,
    };
  }

  async #ask(body: object, organisation: Ura): Promise<string> {
    const audience = this.pseudonymisationUrl;
    const token = await this.tokens.clientCredentials({ audience, scope: 'prs:evaluate', organisation });
    const response = await authorisedFetch(token, `${audience}/oprf/eval-batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      timeoutMs: TIMEOUT_MS,
    }).catch((cause: unknown) => {
      throw new Failure('unavailable', 'The pseudonymisation service cannot be reached', { cause });
    });
    const answer = (await response.json().catch(() => undefined)) as { jwe?: unknown } | undefined;
    if (response.status === 404)
      throw new Failure(
        'conflict',
        'The pseudonymisation service does not know the recipient of this project',
      );
    if (!response.ok || typeof answer?.jwe !== 'string')
      throw new Failure('upstream', 'The pseudonymisation service gave no usable answer');
    return answer.jwe;
  }
}
