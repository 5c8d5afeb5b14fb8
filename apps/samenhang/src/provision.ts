import { randomBytes } from 'node:crypto';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import {
  provisionSecrets,
  publicKeyOf,
  type AuthorisationServerSecrets,
  type SecretFiles,
} from '@samenhang/identity';
import { provisionServiceRoles } from '@samenhang/persistence';
import { schemaOf } from '@samenhang/service-kit';
import { clientPlan, demoFacilityTypes } from './client-plan.js';
import { readSecrets, writeSecrets } from './installation.js';
import { servicesWithDatabase } from './services.js';

/** Recipient under which the reference index receives pseudonyms; changing it gives every person another pseudonym. */
export const referenceIndexRecipient = { organisation: 'oin:00000099000000001000', scope: 'nvi' } as const;

const DATABASE = 'samenhang';

export interface Provisioned {
  /** Database URL of each service, by its name. */
  readonly databaseUrls: ReadonlyMap<string, string>;
}

/** Secrets, database roles and the event log's schema. Repeating it keeps every key and password. */
export async function provision(adminUrl: string, secretsDirectory: string): Promise<Provisioned> {
  const secrets = await completeSecrets(readSecrets(secretsDirectory));
  writeSecrets(secretsDirectory, secrets);
  const passwords = (secrets['database'] as { passwords: Record<string, string> }).passwords;
  const roles = servicesWithDatabase.map((service) => ({
    name: schemaOf(service),
    password: passwords[service.name] ?? '',
  }));
  const urls = await provisionServiceRoles(adminUrl, DATABASE, roles);
  const databaseAdminUrl = new URL(adminUrl);
  databaseAdminUrl.pathname = `/${DATABASE}`;
  await migrateEventLog(databaseAdminUrl.href, { grantTo: roles.map((role) => role.name) });
  return {
    databaseUrls: new Map(
      servicesWithDatabase.map((service) => [service.name, urls.get(schemaOf(service)) ?? '']),
    ),
  };
}

async function completeSecrets(existing: SecretFiles): Promise<SecretFiles> {
  const files = await provisionSecrets(existing, { clients: clientPlan(demoFacilityTypes) });
  const index = files['reference-index'] as { decryption: Parameters<typeof publicKeyOf>[0] };
  const known = (existing['database'] as { passwords?: Record<string, string> } | undefined)?.passwords ?? {};
  const passwords = servicesWithDatabase.map((service) => [
    service.name,
    known[service.name] ?? randomBytes(24).toString('base64url'),
  ]);
  return {
    ...files,
    // A recipient may not have numbers evaluated for itself: its client is named here.
    recipients: [
      { ...referenceIndexRecipient, clients: ['reference-index'], jwk: publicKeyOf(index.decryption) },
    ],
    // Whose requests over the event log pseudonymisation accepts: the authorisation server publishes no keys of its clients.
    'evaluation-clients': evaluationClientsOf(files),
    database: { passwords: Object.fromEntries(passwords) as Record<string, string> },
  };
}

function evaluationClientsOf(files: SecretFiles): object[] {
  const { clients } = files['authorisation-server'] as AuthorisationServerSecrets;
  return clients
    .filter(({ scopes }) => scopes.includes('prs:evaluate'))
    .map(({ client_id, jwks, organisations }) => ({ client_id, jwks, organisations }));
}
