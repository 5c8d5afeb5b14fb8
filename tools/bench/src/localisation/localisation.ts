import { authorisedFetch, ProofKey, type BoundToken } from '@samenhang/identity';
import { referenceIndexRecipient } from '@samenhang/oprf';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import type { BenchmarkOptions, BenchmarkResult } from '../benchmarks.js';
import { rounded } from '../statistics.js';
import { measure } from './measure.js';
import { startNationalServices, type NationalService, type NationalServices } from './national-services.js';
import { blindedPoint, measureOpening, sealToken, type SealedToken } from './sealed-tokens.js';
import { holdersPerPerson, seedRegistrations } from './seed-registrations.js';

const serviceOf = {
  lookup: 'reference-index',
  register: 'reference-index',
  evaluate: 'pseudonymisation',
  'evaluate-batch': 'pseudonymisation',
} as const satisfies Record<string, NationalService>;

interface Work {
  readonly name: keyof typeof serviceOf;
  /** Of operations in one request. */
  readonly batch: number;
  /** Whether the service opens a pseudonym token for it. */
  readonly opens: boolean;
  /** Makes so many requests, all different, before they are measured. */
  prepare(count: number): Promise<(() => Promise<void>)[]>;
}

const DEFAULT_ROWS = 100_000;
const KNOWN_PERSONS = 500;
const BATCH = 500;
/** Operations before a measure, so that compilation and first plans are no part of it. */
const WARM_UP = 2_000;
const HOSPITAL = '22222222';
const FIRST_PERSON = 100_000_000;
const professional = {
  organization_facility_type: 'Z3',
  user_id: '000095254',
  user_role: '01.015',
  purpose_of_use: 'TREAT',
  treatment_relation: 'asserted',
};

/** Lookup, registration and evaluation over HTTP, each service a process of its own: its CPU is counted by itself. */
export async function measureLocalisation(options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const isWanted = (name: string): boolean => options.only === undefined || options.only.includes(name);
  const needed = Object.entries(serviceOf).flatMap(([name, service]) => (isWanted(name) ? [service] : []));
  // The index is always there: its schema is what is filled.
  const services = await startNationalServices(
    options.portBase,
    new Set<NationalService>([...needed, 'reference-index']),
  );
  try {
    const persons = Array.from({ length: KNOWN_PERSONS }, (_unused, index) => FIRST_PERSON + index);
    const seeded = await seedRegistrations(services, options.rows ?? DEFAULT_ROWS, persons);
    const client = await BenchmarkClient.create(services);
    const opening = measureOpening(services, await sealAll(services, persons));
    const results: BenchmarkResult[] = [
      { name: 'open-token', perSecond: rounded(1000 / opening, 0), cpuMs: { app: opening } },
    ];
    const wanted = worksOf(services, client, persons).filter(({ name }) => isWanted(name));
    for (const work of wanted) {
      const warmUp = await work.prepare(Math.ceil(WARM_UP / work.batch));
      await measure(warmUp, 32, () => services.usage(serviceOf[work.name]));
      for (const concurrency of [1, 32])
        results.push(
          await measureWork(services, work, { concurrency, seconds: options.seconds, opening, seeded }),
        );
    }
    return results;
  } finally {
    await services.stop();
  }
}

interface Circumstances {
  readonly concurrency: number;
  readonly seconds: number;
  readonly opening: number;
  readonly seeded: Awaited<ReturnType<typeof seedRegistrations>>;
}

async function measureWork(
  services: NationalServices,
  work: Work,
  { concurrency, seconds, opening, seeded }: Circumstances,
): Promise<BenchmarkResult> {
  // Tokens are good for one use and made before: their number is chosen, not the time.
  const requests = await work.prepare(
    Math.max(2 * concurrency, Math.ceil((seconds * (concurrency === 1 ? 100 : 300)) / work.batch)),
  );
  const { perSecond, cpuMs, ...measured } = await measure(requests, concurrency, () =>
    services.usage(serviceOf[work.name]),
  );
  const perOperation = {
    app: rounded(cpuMs.app / work.batch, 3),
    database: rounded(cpuMs.database / work.batch, 3),
  };
  return {
    name: work.name,
    concurrency,
    ...measured,
    perSecond: perSecond * work.batch,
    cpuMs: perOperation,
    ...(work.opens ? { appWithoutOpeningMs: rounded(perOperation.app - opening, 3) } : {}),
    ...(work.batch > 1 ? { pointsPerRequest: work.batch } : {}),
    ...seeded,
  };
}

function worksOf(services: NationalServices, client: BenchmarkClient, persons: readonly number[]): Work[] {
  const recipient = {
    recipientOrganization: referenceIndexRecipient.organisation,
    recipientScope: referenceIndexRecipient.scope,
  };
  let stranger = FIRST_PERSON + 10_000_000;
  const each = async (
    count: number,
    make: () => Promise<() => Promise<void>>,
  ): Promise<(() => Promise<void>)[]> => {
    const requests: (() => Promise<void>)[] = [];
    for (let index = 0; index < count; index += 1) requests.push(await make());
    return requests;
  };
  const lookup = async (): Promise<() => Promise<void>> => {
    const person = persons[Math.floor(Math.random() * persons.length)] ?? FIRST_PERSON;
    const token = await sealToken(services, person, HOSPITAL);
    return async () => {
      const found = (await client.post('reference-index', '/localize', 'nvi:localize', token)) as unknown[];
      if (found.length < holdersPerPerson) throw new Error(`A lookup found ${found.length} registrations`);
    };
  };
  const register = async (): Promise<() => Promise<void>> => {
    const token = await sealToken(services, stranger++, HOSPITAL);
    const body = { ...token, category: 'Condition', source_id: 'samenhang-record' };
    return async () => void (await client.post('reference-index', '/registrations', 'nvi:create', body));
  };
  const evaluate = (): Promise<() => Promise<void>> => {
    const body = { encryptedPersonalId: blindedPoint(stranger++), ...recipient };
    return Promise.resolve(
      async () => void (await client.post('pseudonymisation', '/oprf/eval', 'prs:evaluate', body)),
    );
  };
  const evaluateBatch = (): Promise<() => Promise<void>> => {
    const encryptedPersonalIds = Array.from({ length: BATCH }, () => blindedPoint(stranger++));
    const body = { encryptedPersonalIds, ...recipient };
    return Promise.resolve(
      async () => void (await client.post('pseudonymisation', '/oprf/eval-batch', 'prs:evaluate', body)),
    );
  };
  return [
    { name: 'lookup', opens: true, batch: 1, prepare: (count) => each(count, lookup) },
    { name: 'register', opens: true, batch: 1, prepare: (count) => each(count, register) },
    { name: 'evaluate', opens: false, batch: 1, prepare: (count) => each(count, evaluate) },
    { name: 'evaluate-batch', opens: false, batch: BATCH, prepare: (count) => each(count, evaluateBatch) },
  ];
}

async function sealAll(services: NationalServices, persons: readonly number[]): Promise<SealedToken[]> {
  const tokens: SealedToken[] = [];
  for (const person of persons) tokens.push(await sealToken(services, person, HOSPITAL));
  return tokens;
}

/** One client with one token per service and scope, as a node has it; a fresh proof for each request. */
class BenchmarkClient {
  readonly #tokens = new Map<string, Promise<BoundToken>>();

  private constructor(
    private readonly services: NationalServices,
    private readonly proofKey: ProofKey,
    private readonly thumbprint: string,
  ) {}

  static async create(services: NationalServices): Promise<BenchmarkClient> {
    const proofKey = await ProofKey.generate();
    const thumbprint = await calculateJwkThumbprint(await exportJWK(proofKey.pair.publicKey));
    return new BenchmarkClient(services, proofKey, thumbprint);
  }

  async post(service: NationalService, path: string, scope: string, body: object): Promise<unknown> {
    const token = await this.#token(service, scope);
    const response = await authorisedFetch(token, `${this.services.urlOf(service)}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  /** Renewed every half minute: the issuer's tokens live for a minute. */
  #token(service: NationalService, scope: string): Promise<BoundToken> {
    const name = `${service} ${scope} ${Math.floor(Date.now() / 30_000)}`;
    const known = this.#tokens.get(name) ?? this.#issue(service, scope);
    this.#tokens.set(name, known);
    return known;
  }

  async #issue(service: NationalService, scope: string): Promise<BoundToken> {
    const claims = { scope, organization_ura: HOSPITAL, ...professional };
    const accessToken = await this.services.issuer.issue(
      this.services.urlOf(service),
      claims,
      this.thumbprint,
    );
    return { accessToken, expiresAt: new Date(Date.now() + 60_000), proofKey: this.proofKey };
  }
}
