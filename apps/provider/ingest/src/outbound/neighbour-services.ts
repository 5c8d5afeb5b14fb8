import { Injectable } from '@nestjs/common';
import { Failure, failureKinds, type FailureKind } from '@samenhang/errors';
import { AccessTokens, authorisedFetch, type VerifiedIdentity } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';

/** Services of the same node that ingest asks, each for one thing. */
const scopes = { normalise: 'normalise:map', record: 'record:compare' } as const;

/** Asks a service of the same node on the authority of the caller, passed on by token exchange (RFC 8693). */
@Injectable()
export class NeighbourServices {
  constructor(
    private readonly environment: ServiceEnvironment,
    private readonly tokens: AccessTokens,
  ) {}

  /**
   * @param body JSON as text; a GET when left out
   * @throws Failure as the service says it when the question is at fault, else `upstream`
   */
  async ask<Answer>(
    service: keyof typeof scopes,
    caller: VerifiedIdentity,
    path: string,
    body?: string,
  ): Promise<Answer> {
    const audience =
      service === 'normalise'
        ? this.environment.serviceUrl('normalise')
        : this.environment.serviceUrl('record');
    const token = await this.tokens.exchange({ subject: caller, audience, scope: scopes[service] });
    const response = await authorisedFetch(
      token,
      `${audience}${path}`,
      body === undefined
        ? { method: 'GET' }
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body },
    );
    const answer = (await response.json()) as Answer & { readonly detail?: string };
    if (response.ok) return answer;
    throw new Failure(kindOf(response.status), answer.detail ?? `${service} does not answer this`);
  }
}

/** What is wrong with the question is passed on; all else is a fault between the services. */
function kindOf(status: number): FailureKind {
  return status === failureKinds['not-found'].status
    ? 'not-found'
    : status === failureKinds.malformed.status
      ? 'malformed'
      : 'upstream';
}
