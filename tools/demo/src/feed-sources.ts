import { setTimeout as delay } from 'node:timers/promises';
import { authorisedFetch, type AccessTokens } from '@samenhang/identity';
import { portOffsets } from '@samenhang/service-kit';
import { hospitalMessages, messageWithInvalidBsn } from './hospital-messages.js';
import { MllpSender } from './mllp-sender.js';
import type { DemoPerson } from './people.js';
import { pharmacyBundles } from './pharmacy-bundles.js';
import { pharmacyDeBrug } from './providers.js';
import { urlOf, type Surroundings } from './surroundings.js';

/** Hospital Noord sends its messages, each until it is acknowledged. @returns how many */
export async function sendHospitalMessages(
  surroundings: Surroundings,
  people: readonly DemoPerson[],
): Promise<number> {
  const sender = new MllpSender({
    host: '127.0.0.1',
    port: surroundings.portBase + portOffsets['mllp-hospital'],
  });
  const first = people[0];
  const messages = [
    ...hospitalMessages(people),
    ...(first === undefined ? [] : [messageWithInvalidBsn(first)]),
  ];
  try {
    for (const message of messages) await sender.send(message);
    return messages.length;
  } finally {
    sender.close();
  }
}

const PATIENCE_MS = 90_000;

/** Pharmacy De Brug pushes a Bundle a person, each until it is accepted. @returns how many */
export async function pushPharmacyBundles(
  surroundings: Surroundings,
  tokens: AccessTokens,
  people: readonly DemoPerson[],
): Promise<number> {
  const bundles = pharmacyBundles(people);
  for (const bundle of bundles) await pushUntilAccepted(surroundings, tokens, JSON.stringify(bundle));
  return bundles.length;
}

async function pushUntilAccepted(
  surroundings: Surroundings,
  tokens: AccessTokens,
  body: string,
): Promise<void> {
  const audience = urlOf(surroundings, 'ingest');
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const outcome = await pushOnce(tokens, audience, body);
    if (outcome === 'accepted') return;
    if (Date.now() > deadline) throw new Error(`The push was not accepted in time: ${outcome}`);
    await delay(200);
  }
}

/** A refusal (4xx) ends it; a service that is away does not. */
async function pushOnce(tokens: AccessTokens, audience: string, body: string): Promise<string> {
  try {
    const token = await tokens.clientCredentials({
      audience,
      scope: 'ingest:write',
      organisation: pharmacyDeBrug.ura,
    });
    const response = await authorisedFetch(
      token,
      `${audience}/tenants/${pharmacyDeBrug.ura}/sources/ais/fhir`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/fhir+json' },
        body,
      },
    );
    const answer = await response.text();
    if (response.status === 202) return 'accepted';
    if (response.status < 500) throw new PushRefused(`${response.status} ${answer.slice(0, 500)}`);
    return String(response.status);
  } catch (error) {
    if (error instanceof PushRefused) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

class PushRefused extends Error {}
