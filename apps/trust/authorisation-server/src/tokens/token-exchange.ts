import { errors } from 'oidc-provider';
import type { Revocations } from '@samenhang/identity';
import type { JWTPayload, JWTVerifyGetKey } from 'jose';
import { idsOf, readIssuedToken } from '../calling-back/issued-token.js';
import { isOfAny } from '../citizen/holder-address.js';
import type { ClientDirectory } from './client-directory.js';
import type { StoppedOrganisations } from '../organisations/stopped-organisations.js';
import type { OwnAudiences } from './own-audiences.js';
import { delegationClaims } from './token-claims.js';

export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
export const exchangeParameters = ['subject_token', 'subject_token_type', 'requested_token_type'] as const;
export type ExchangeParameters = Partial<Record<(typeof exchangeParameters)[number] | 'resource', string>>;

export interface SubjectTokenOptions {
  readonly issuer: string;
  readonly keys: JWTVerifyGetKey;
  readonly clients: ClientDirectory;
  readonly audiences: OwnAudiences;
  readonly revocations: Revocations;
  readonly stopped: Pick<StoppedOrganisations, 'isStopped'>;
}

/**
 * Token exchange (RFC 8693): a service that was called passes the authority of its caller on, to another audience.
 * Person, organisation and purpose stay what they were; `sub` stays the first client and `act` names who passes it on.
 */
export class SubjectToken {
  constructor(private readonly options: SubjectTokenOptions) {}

  /** @throws InvalidRequest, InvalidGrant */
  async claimsFor(
    clientId: string,
    parameters: ExchangeParameters,
  ): Promise<Readonly<Record<string, unknown>>> {
    const {
      subject_token: subjectToken,
      subject_token_type: type,
      requested_token_type: requested,
    } = parameters;
    if (subjectToken === undefined) throw new errors.InvalidRequest('subject_token is required');
    if (type !== accessTokenType)
      throw new errors.InvalidRequest('subject_token_type must be that of an access token');
    if (requested !== undefined && requested !== accessTokenType)
      throw new errors.InvalidRequest('requested_token_type is not supported');
    const claims = await this.#verify(subjectToken);
    await this.#checkExchanger(clientId, claims);
    checkHolder(claims['data_holders'], parameters.resource);
    const { act } = claims;
    return {
      ...Object.fromEntries(
        delegationClaims.filter((name) => claims[name] !== undefined).map((name) => [name, claims[name]]),
      ),
      sub: claims.sub,
      origin_jti: claims['origin_jti'] ?? claims.jti,
      act: { client_id: clientId, ...(act === undefined ? {} : { act }) },
    };
  }

  async #verify(subjectToken: string): Promise<JWTPayload> {
    const { issuer, keys, revocations } = this.options;
    const claims = await readIssuedToken(subjectToken, issuer, keys);
    if (claims === undefined || (await revocations.isAnyRevoked(idsOf(claims))))
      throw new errors.InvalidGrant('the subject_token is not valid');
    return claims;
  }

  /** Only the service that a token was meant for may exchange it: a token that leaks elsewhere gives no authority there. */
  async #checkExchanger(clientId: string, claims: JWTPayload): Promise<void> {
    const addressed = this.options.audiences.isAddressed(clientId, claims.aud);
    if (!addressed) throw new errors.InvalidGrant('the subject_token was not issued for this client');
    const organisation = claims['organization_ura'];
    if (typeof organisation === 'string' && !this.options.clients.mayActFor(clientId, organisation)) {
      throw new errors.InvalidGrant('the client may not act for the organisation of the subject_token');
    }
    if (typeof organisation === 'string' && (await this.options.stopped.isStopped(organisation)))
      throw new errors.InvalidGrant('the organisation of the subject_token stopped');
  }
}

/** A citizen gave leave for these care providers: whoever collects for them reaches no other. */
function checkHolder(holders: unknown, resource: string | undefined): void {
  if (holders !== undefined && !(Array.isArray(holders) && isOfAny(resource, holders as string[])))
    throw new errors.InvalidTarget('resource is not a care provider that the citizen gave leave for');
}
