import { Body, Controller, Header, HttpCode, Post, Put } from '@nestjs/common';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import type { JWK } from 'jose';
import { malformed, objectOf, readRecipientOf, readVersion } from '../administration/administration-body.js';
import { RecipientRegistration } from './recipient-registration.js';
import { VersionRelease } from './version-release.js';

/** For recipients: their own encryption key, and what they need no more. */
@Controller('recipients')
@RequireScopes('prs:register')
export class RecipientController {
  constructor(
    private readonly registration: RecipientRegistration,
    private readonly releases: VersionRelease,
  ) {}

  @Post('challenges')
  @Header('cache-control', 'no-store')
  async challenge(
    @Identity() who: VerifiedIdentity,
  ): Promise<{ challenge: string; expires_in: number; alg: 'PS256' }> {
    const { challenge, expiresInSeconds } = await this.registration.challenge(who);
    return { challenge, expires_in: expiresInSeconds, alg: 'PS256' };
  }

  /**
   * `{recipientOrganization, recipientScope, jwk, challenge, proof}`; the proof is a JWT by the key itself with `aud`
   * (this service), `nonce` (the challenge), `recipient_organization` and `recipient_scope`.
   */
  @Put('key')
  @HttpCode(204)
  async register(@Body() body: unknown, @Identity() who: VerifiedIdentity): Promise<void> {
    const members = objectOf(body);
    const { jwk, challenge, proof } = members;
    if (typeof jwk !== 'object' || jwk === null) throw malformed('jwk');
    if (typeof challenge !== 'string') throw malformed('challenge');
    if (typeof proof !== 'string') throw malformed('proof');
    await this.registration.register(
      { recipient: readRecipientOf(members), jwk: jwk as JWK, challenge, proof },
      who,
    );
  }

  /** `{recipientOrganization, recipientScope, version}`: nothing is kept under this version and older ones any more. */
  @Post('releases')
  @HttpCode(204)
  async release(@Body() body: unknown, @Identity() who: VerifiedIdentity): Promise<void> {
    const members = objectOf(body);
    await this.releases.release(readRecipientOf(members), readVersion(members['version']), who);
  }
}
