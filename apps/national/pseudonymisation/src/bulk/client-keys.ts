import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';

/** A client as the operator registered it with the authorisation server: those that may ask for evaluations. */
interface EvaluationClient {
  readonly client_id: string;
  readonly jwks: JSONWebKeySet;
  /** Care providers it may act for; `*` is any. */
  readonly organisations: readonly string[];
}

export interface ClientKeys {
  readonly clientId: string;
  readonly keys: JWTVerifyGetKey;
  mayActFor(organisation: string): boolean;
}

/**
 * Whose signature a request over the event log may carry. The authorisation server publishes no keys of its clients, so the
 * deployment hands them over as it hands over the recipients. Without the file no client is known and all are refused.
 */
@Injectable()
export class ClientKeyDirectory {
  readonly #clients: ReadonlyMap<string, ClientKeys>;

  constructor(environment: ServiceEnvironment) {
    const isProvisioned = existsSync(join(environment.text('SECRETS_DIR'), 'evaluation-clients.json'));
    const clients = isProvisioned
      ? environment.secret<readonly EvaluationClient[]>('evaluation-clients')
      : [];
    this.#clients = new Map(clients.map((client) => [client.client_id, toClientKeys(client)]));
  }

  find(clientId: string): ClientKeys | undefined {
    return this.#clients.get(clientId);
  }
}

function toClientKeys({ client_id: clientId, jwks, organisations }: EvaluationClient): ClientKeys {
  return {
    clientId,
    keys: createLocalJWKSet(jwks),
    mayActFor: (organisation) => organisations.includes('*') || organisations.includes(organisation),
  };
}
