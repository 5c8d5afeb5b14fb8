import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { AccessTokens, authorisedFetch, publicKeyOf } from '@samenhang/identity';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { importJWK, SignJWT, type CryptoKey } from 'jose';
import { SecondaryUseConfiguration } from '../configuration.js';
import { ProjectSecrets } from './project-secrets.js';

const PROOF_LIFETIME = '2m';

/**
 * Makes projects known to the pseudonymisation service, each as a recipient of its own. Its operator then makes the key of
 * the recipient: that takes another hand than the one that grants.
 */
@Injectable()
export class ProjectRecipients {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly environment: ServiceEnvironment,
    private readonly configuration: SecondaryUseConfiguration,
    private readonly secrets: ProjectSecrets,
  ) {}

  recipientOf(scope: string): PseudonymRecipient {
    return { organisation: this.configuration.recipientOrganisation, scope };
  }

  async register(scope: string): Promise<void> {
    const { challenge } = (await this.#ask('POST', '/recipients/challenges', {})) as { challenge?: unknown };
    if (typeof challenge !== 'string') throw unusable();
    const { decryption } = this.secrets;
    const key = (await importJWK({ ...decryption, alg: 'PS256', use: 'sig' }, 'PS256')) as CryptoKey;
    const { organisation } = this.recipientOf(scope);
    const proof = await new SignJWT({
      nonce: challenge,
      recipient_organization: organisation,
      recipient_scope: scope,
    })
      .setProtectedHeader({ alg: 'PS256' })
      .setAudience(this.environment.serviceUrl('pseudonymisation'))
      .setIssuedAt()
      .setExpirationTime(PROOF_LIFETIME)
      .sign(key);
    await this.#ask('PUT', '/recipients/key', {
      recipientOrganization: organisation,
      recipientScope: scope,
      jwk: publicKeyOf(decryption),
      challenge,
      proof,
    });
  }

  async #ask(method: string, path: string, body: object): Promise<unknown> {
    const audience = this.environment.serviceUrl('pseudonymisation');
    const token = await this.tokens.clientCredentials({ audience, scope: 'prs:register' });
    const response = await authorisedFetch(token, `${audience}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).catch((cause: unknown) => {
      throw new Failure('unavailable', 'The pseudonymisation service cannot be reached', { cause });
    });
    if (!response.ok) throw unusable();
    return response.status === 204 ? undefined : response.json();
  }
}

function unusable(): Failure {
  return new Failure('upstream', 'The pseudonymisation service does not take the recipient of the project');
}
