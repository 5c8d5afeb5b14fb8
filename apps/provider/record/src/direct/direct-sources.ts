import { FhirServer, ServerAccess, SourceHttp } from '@samenhang/fhir-server';
import type { DisclosureLimits } from '@samenhang/consent';
import { dataCategories, type DataCategory, type Ura } from '@samenhang/data-model';
import type { Bsn, PatientKeyring } from '@samenhang/patient-identity';
import type { ClientCertificate, ServerPolicy } from '@samenhang/service-kit';
import { bsnKey } from '../patients/patient-labels.js';
import { queriesFor } from './bgz-queries.js';
import type { DirectSource } from './direct-source.js';
import { LivePatient } from './live-patient.js';
import { mapAnswers, type LiveFacts } from './map-answers.js';
import { SourceConversation, type SourceAnswers } from './source-conversation.js';

const TIMEOUT_MS = 4_000;
const MAXIMUM_BYTES = 20 * 1024 * 1024;

/** Content of a secret that a declaration names. */
export type ReadSecret = <T>(name: string) => T;

interface Connection {
  readonly source: DirectSource;
  readonly http: SourceHttp;
  readonly server: FhirServer;
}

/** The care providers on this node whose data stays at their own FHIR server, and is asked there each time. */
export class DirectSources {
  readonly #connections: ReadonlyMap<Ura, Connection>;

  constructor(
    sources: ReadonlyMap<Ura, DirectSource>,
    policy: ServerPolicy,
    secret: ReadSecret,
    private readonly keyring: PatientKeyring,
  ) {
    this.#connections = new Map(
      [...sources].map(([tenant, source]) => [tenant, connect(source, policy, secret)]),
    );
  }

  get tenants(): readonly Ura[] {
    return [...this.#connections.keys()];
  }

  has(tenant: Ura): boolean {
    return this.#connections.has(tenant);
  }

  /** What may be given of a person, as the source has it now. @throws Failure, nothing of which names the patient */
  async patient(
    tenant: Ura,
    bsn: Bsn,
    { permitted, limits }: { permitted: readonly DataCategory[]; limits?: DisclosureLimits | undefined },
  ): Promise<LivePatient> {
    const { source } = this.#get(tenant);
    const facts = await this.facts(tenant, bsn, permitted);
    const identity = { bsnKey: bsnKey(tenant, bsn, this.keyring), at: new Date(), limits };
    return new LivePatient(source, facts, identity);
  }

  async facts(
    tenant: Ura,
    bsn: Bsn,
    permitted: readonly DataCategory[] = dataCategories.map(({ code }) => code),
  ): Promise<LiveFacts> {
    return mapAnswers(this.#get(tenant).source, await this.answers(tenant, bsn, permitted), this.keyring);
  }

  /** As the source words it. */
  async answers(tenant: Ura, bsn: Bsn, permitted: readonly DataCategory[]): Promise<SourceAnswers> {
    const { source, server } = this.#get(tenant);
    const ended = new AbortController();
    const deadline = AbortSignal.timeout(source.timeoutMs ?? TIMEOUT_MS);
    const conversation = new SourceConversation(server, {
      signal: AbortSignal.any([deadline, ended.signal]),
      maximumBytes: source.maximumBytes ?? MAXIMUM_BYTES,
    });
    try {
      return await conversation.ask(bsn, queriesFor(source.fhirVersion, permitted));
    } finally {
      // Once it proves untrustworthy, nothing more is asked.
      ended.abort();
    }
  }

  /** By this name Nest closes it with the service. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all([...this.#connections.values()].map(({ http }) => http.onModuleDestroy()));
  }

  #get(tenant: Ura): Connection {
    const connection = this.#connections.get(tenant);
    if (connection === undefined) throw new Error('The data of this care provider is not asked directly');
    return connection;
  }
}

function connect(source: DirectSource, policy: ServerPolicy, secret: ReadSecret): Connection {
  const { certificate } = source;
  const shown = certificate === undefined ? undefined : secret<ClientCertificate>(certificate);
  const http = new SourceHttp(policy, shown);
  const access = new ServerAccess(source, http, (name) => Promise.resolve(secretText(secret(name))));
  return { source, http, server: new FhirServer(source, http, access) };
}

/** A key is a JWK; a token or a password is a text in the same kind of file. */
function secretText(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}
