import { randomBytes, randomUUID } from 'node:crypto';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import {
  createClientKey,
  provisionSecrets,
  publicKeyOf,
  type AuthorisationServerSecrets,
  type SecretFiles,
} from '@samenhang/identity';
import { ChangeHandles } from '@samenhang/patient-identity';
import { provisionServiceRoles } from '@samenhang/persistence';
import { schemaOf } from '@samenhang/service-kit';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { clientPlan, demoFacilityTypes } from './client-plan.js';
import { readSecrets, writeSecrets } from './installation.js';
import { servicesWithDatabase } from './services.js';

/** Recipient under which the reference index receives pseudonyms; changing it gives every person another pseudonym. */
export const referenceIndexRecipient = { organisation: 'oin:00000099000000001000', scope: 'nvi' } as const;

/** Recipient of the pseudonyms of research projects; each project has a scope of its own, which it registers. */
const secondaryUseRecipient = { organisation: 'oin:00000099000000002000', scope: 'secondary-use' } as const;

const DATABASE = 'samenhang';

export interface Provisioned {
  /** Database URL of each service, by its name. */
  readonly databaseUrls: ReadonlyMap<string, string>;
}

/** Where the parts stand that provisioning tells others of. */
export interface ProvisionedAddresses {
  readonly citizenUrl: string;
}

/** Secrets, database roles and the event log's schema. Repeating it keeps every key and password. */
export async function provision(
  adminUrl: string,
  secretsDirectory: string,
  { citizenUrl }: ProvisionedAddresses,
): Promise<Provisioned> {
  const secrets = await completeSecrets(readSecrets(secretsDirectory), citizenUrl);
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

function changeHandleSecret(files: SecretFiles): string {
  const { secret } = files['patient-keyring'] as { secret: string };
  return ChangeHandles.deriveSecret(Buffer.from(secret, 'base64')).toString('base64');
}

async function completeSecrets(existing: SecretFiles, citizenUrl: string): Promise<SecretFiles> {
  const files = await provisionSecrets(existing, { clients: clientPlan(demoFacilityTypes, citizenUrl) });
  const index = files['reference-index'] as { decryption: Parameters<typeof publicKeyOf>[0] };
  const secondaryUse = await secondaryUseSecret(existing['secondary-use'] as SecondaryUseSecret | undefined);
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
      {
        ...secondaryUseRecipient,
        clients: ['secondary-use-api'],
        // Each project has a key of its own, so that persons are called differently in each.
        hasOwnKeys: true,
        jwk: publicKeyOf(secondaryUse.decryption),
      },
    ],
    // Whose requests over the event log pseudonymisation accepts: the authorisation server publishes no keys of its clients.
    'evaluation-clients': evaluationClientsOf(files),
    'secondary-use': secondaryUse,
    // Filled by the operator: nobody can sign in to a portal before.
    'console-accounts': existing['console-accounts'] ?? [],
    'research-accounts': existing['research-accounts'] ?? [],
    'developer-accounts': existing['developer-accounts'] ?? [],
    // By this holders know that a permit was signed by who gives them.
    'permit-authority': { keys: [publicKeyOf(secondaryUse.signing)] },
    // By this the query API recognises changes of patients who are subscribed to, without the keyring it is derived of.
    'change-handles': { secret: changeHandleSecret(files) },
    // Seals who subscribed to whom, and where they are told.
    subscriptions: existing['subscriptions'] ?? { key: randomBytes(32).toString('base64') },
    database: { passwords: Object.fromEntries(passwords) as Record<string, string> },
  };
}

interface SecondaryUseSecret {
  readonly signing: JWK;
  readonly decryption: JWK;
  readonly sealing: string;
}

async function secondaryUseSecret(existing: SecondaryUseSecret | undefined): Promise<SecondaryUseSecret> {
  if (existing !== undefined) return existing;
  const { privateKey } = await generateKeyPair('RSA-OAEP-256', { extractable: true });
  return {
    signing: await createClientKey(),
    decryption: { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'RSA-OAEP-256', use: 'enc' },
    sealing: randomBytes(32).toString('base64'),
  };
}

function evaluationClientsOf(files: SecretFiles): object[] {
  const { clients } = files['authorisation-server'] as AuthorisationServerSecrets;
  return clients
    .filter(({ scopes }) => scopes.includes('prs:evaluate'))
    .map(({ client_id, jwks, organisations }) => ({ client_id, jwks, organisations }));
}
