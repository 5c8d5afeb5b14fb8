import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AccessTokens } from '@samenhang/identity';
import { portOffsets, type ServiceName } from '@samenhang/service-kit';
import type { JWK } from 'jose';

/** Where the installation stands that the demonstration works on. */
export interface Surroundings {
  readonly portBase: number;
  readonly secretsDirectory: string;
  readonly dataDirectory: string;
  /** Kafka's addresses where the installation runs over Kafka. */
  readonly brokers?: string | undefined;
  /** Progress, for people. */
  readonly say: (line: string) => void;
}

export function urlOf(surroundings: Pick<Surroundings, 'portBase'>, service: ServiceName): string {
  return `http://127.0.0.1:${surroundings.portBase + portOffsets[service]}`;
}

/** Tokens of the demonstration's own OAuth client. */
export function demoTokens(surroundings: Surroundings): AccessTokens {
  return new AccessTokens({
    issuer: urlOf(surroundings, 'authorisation-server'),
    clientId: 'demo',
    clientKey: () =>
      JSON.parse(readFileSync(join(surroundings.secretsDirectory, 'client-demo.json'), 'utf8')) as JWK,
  });
}
