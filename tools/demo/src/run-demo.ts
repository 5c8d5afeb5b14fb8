import { setTimeout as delay } from 'node:timers/promises';
import type { AccessTokens } from '@samenhang/identity';
import { declareSources, enterInAddressBook, giveConsents } from './connect-providers.js';
import { pushPharmacyBundles, sendHospitalMessages } from './feed-sources.js';
import { gpResources } from './gp-resources.js';
import { demoPeople, type DemoPerson } from './people.js';
import { demoProviders } from './providers.js';
import { factsOf, viewerClient } from './query-view.js';
import { awaitSettled, readStatus } from './status.js';
import { demoTokens, type Surroundings } from './surroundings.js';

export interface DemoOptions extends Surroundings {
  /** How many fictional persons. */
  readonly people: number;
}

/** What the main job came to: the JSON of `npm start -- --once --json`. */
export interface DemoSummary {
  readonly providers: number;
  readonly messages: { readonly received: number; readonly quarantined: number };
  readonly resources: number;
  readonly localisationRecords: number;
  readonly auditEvents: number;
  readonly view: {
    readonly sources: readonly { readonly custodian: string; readonly status: string }[];
    readonly facts: number;
    readonly milliseconds: number;
  };
}

/** Connects the four providers, lets their data flow, and asks for the view of the first person. */
export async function runDemo(options: DemoOptions): Promise<DemoSummary> {
  const people = demoPeople(options.people);
  const tokens = demoTokens(options);
  await connectProviders(options, tokens, people);
  await feedProviders(options, tokens, people);
  options.say('Waiting until every message is recorded and registered …');
  await awaitGpPulled(options, people);
  await awaitSettled(options);
  options.say('Asking for the view of one patient as a general practitioner …');
  const view = await viewOf(options, people[0]?.bsn ?? '');
  await awaitSettled(options);
  return { ...(await countsOf(options)), view };
}

export async function connectProviders(
  surroundings: Surroundings,
  tokens: AccessTokens,
  people: readonly DemoPerson[],
): Promise<void> {
  surroundings.say(`Connecting ${demoProviders.length} care providers: address book, sources, consents …`);
  await enterInAddressBook(surroundings, tokens);
  await declareSources(surroundings, tokens);
  await giveConsents(surroundings, tokens, people);
}

/** Hospital and pharmacy send at the same time; the GP's server is pulled meanwhile. */
export async function feedProviders(
  surroundings: Surroundings,
  tokens: AccessTokens,
  people: readonly DemoPerson[],
): Promise<void> {
  const [messages, bundles] = await Promise.all([
    sendHospitalMessages(surroundings, people),
    pushPharmacyBundles(surroundings, tokens, people),
  ]);
  surroundings.say(
    `Hospital Noord had ${messages} HL7 v2 messages acknowledged, pharmacy De Brug ${bundles} FHIR bundles accepted`,
  );
}

/** The pull runs on its own schedule: wait until the record holds at least what the GP's server has. */
export async function awaitGpPulled(
  surroundings: Surroundings,
  people: readonly DemoPerson[],
  timeoutMs = 120_000,
): Promise<void> {
  const expected = gpResources(people).length;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { counts } = await readStatus(surroundings, 'ingest').catch(() => ({
      counts: {} as Record<string, number>,
    }));
    if ((counts['pulledResources'] ?? 0) >= expected) return;
    if (Date.now() > deadline) throw new Error("The GP's server was not pulled in time");
    await delay(200);
  }
}

async function viewOf(surroundings: Surroundings, bsn: string): Promise<DemoSummary['view']> {
  const client = viewerClient(surroundings);
  const startedAt = performance.now();
  const view = await client.patientView(bsn);
  const milliseconds = Math.round(performance.now() - startedAt);
  const sources = view.sources
    .map(({ custodian, status }) => ({ custodian: custodian ?? '', status }))
    .sort((a, b) => a.custodian.localeCompare(b.custodian));
  return { sources, facts: factsOf(view).length, milliseconds };
}

async function countsOf(surroundings: Surroundings): Promise<Omit<DemoSummary, 'view'>> {
  const count = async (service: Parameters<typeof readStatus>[1], name: string): Promise<number> =>
    (await readStatus(surroundings, service)).counts[name] ?? 0;
  return {
    providers: demoProviders.length,
    messages: {
      received: await count('ingest', 'received'),
      quarantined: await count('ingest', 'quarantined'),
    },
    resources: await count('record', 'resources'),
    localisationRecords: await count('reference-index', 'localisationRecords'),
    auditEvents: await count('audit', 'auditEvents'),
  };
}
