import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { FhirSourceConfiguration } from '../configuration.js';

export const tokenLifetimeSeconds = 300;
const CLIENT_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

interface SmartClient {
  readonly clientId: string;
  readonly jwks: JSONWebKeySet;
}

/** Access tokens for the one client that may read: SMART App Launch 2, backend services. */
@Injectable()
export class SmartBackend {
  readonly tokenUrl: string;
  readonly #client: SmartClient | undefined;
  readonly #tokens = new Map<string, number>();
  /** Ids of assertions: each serves once. */
  readonly #used = new Set<string>();

  constructor({ smartClientFile }: FhirSourceConfiguration, environment: ServiceEnvironment) {
    this.tokenUrl = `${environment.publicUrl}/token`;
    this.#client =
      smartClientFile === '' ? undefined : (JSON.parse(readFileSync(smartClientFile, 'utf8')) as SmartClient);
  }

  get isRequired(): boolean {
    return this.#client !== undefined;
  }

  /** @throws Failure('unauthenticated') when the assertion is not the client's */
  async issue(form: Readonly<Record<string, unknown>>): Promise<string> {
    const client = this.#client;
    const { client_assertion: assertion, client_assertion_type: type, grant_type: grant } = form;
    if (
      client === undefined ||
      typeof assertion !== 'string' ||
      type !== CLIENT_ASSERTION ||
      grant !== 'client_credentials'
    )
      throw new Failure('unauthenticated', 'A client assertion is required');
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(client.jwks), {
      algorithms: ['RS384', 'ES384'],
      issuer: client.clientId,
      subject: client.clientId,
      audience: this.tokenUrl,
      requiredClaims: ['jti', 'exp'],
      maxTokenAge: tokenLifetimeSeconds,
    }).catch((cause: unknown) => {
      throw new Failure('unauthenticated', 'The client assertion does not hold', { cause });
    });
    const id = String(payload.jti);
    if (this.#used.has(id)) throw new Failure('unauthenticated', 'The client assertion was used before');
    this.#used.add(id);
    const token = randomUUID();
    this.#tokens.set(token, Date.now() + tokenLifetimeSeconds * 1000);
    return token;
  }

  permits(authorization: string | undefined): boolean {
    if (!this.isRequired) return true;
    const until = this.#tokens.get(authorization?.replace(/^Bearer /i, '') ?? '');
    return until !== undefined && Date.now() < until;
  }
}
