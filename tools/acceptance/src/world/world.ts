import { awaitSettled, declareSource, type Surroundings } from '@samenhang/demo';
import { getUra, identifierSystems, type Ura } from '@samenhang/data-model';
import { AccessTokens, authorisedFetch, type BoundToken } from '@samenhang/identity';
import { LocalisationClient } from '@samenhang/localisation';
import type { Bsn } from '@samenhang/patient-identity';
import type { ServiceName } from '@samenhang/service-kit';
import type { JWK } from 'jose';
import { AddressBook } from './address-book.js';
import type { Clock } from './clock.js';
import { ConsentDesk } from './consent-desk.js';
import { DeziDesk } from './dezi-desk.js';
import type { Delivery } from './fixtures.js';
import { bundleOf, readAll, resourcesOf, type Answer, type Resource } from './fhir.js';
import type { Installation } from './installation.js';
import { providers, type Professional, type Provider } from './people.js';
import { StandIn, type Answer as StandInAnswer } from './stand-in.js';
import { TokenDesk, type TokenAnswer } from './token-desk.js';
import type { Traffic } from './traffic.js';

export interface ViewOptions {
  /** Parameters of the token request beside, or in the place of, the usual ones. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly traceparent?: string;
}

export interface ServiceRequest {
  readonly method?: string;
  /** Sent as it is when it is text, as JSON otherwise. */
  readonly body?: unknown;
  readonly type?: string;
  readonly organisation?: Ura;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HolderRequest {
  readonly method?: 'GET' | 'POST';
  /** Below the holder's FHIR base, query included. */
  readonly path: string;
  readonly form?: readonly (readonly [string, string])[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The installation of the scenarios and everybody who takes part in them. */
export class World {
  readonly surroundings: Surroundings;
  readonly desk: TokenDesk;
  readonly dezi: DeziDesk;
  readonly consent: ConsentDesk;
  readonly addressBook: AddressBook;
  readonly #standIns: StandIn[] = [];
  readonly #tokens = new Map<string, AccessTokens>();

  constructor(
    readonly installation: Installation,
    readonly traffic: Traffic,
    readonly clock: Clock,
    /** Private key of the vendor as a recipient of pseudonyms. */
    readonly vendorKey: JWK,
  ) {
    this.surroundings = {
      portBase: installation.portBase,
      dataDirectory: installation.dataDirectory,
      secretsDirectory: installation.secretsDirectory,
      say: () => {},
    };
    this.desk = new TokenDesk(this.urlOf('authorisation-server'), (client) => this.clientKey(client));
    this.dezi = new DeziDesk(this.urlOf('dezi'), () => installation.secret<{ signing: JWK }>('dezi').signing);
    this.consent = new ConsentDesk(this);
    this.addressBook = new AddressBook(this);
  }

  urlOf(service: ServiceName): string {
    return this.installation.urlOf(service);
  }

  clientKey(client: string): JWK {
    return this.installation.secret<JWK>(`client-${client}`);
  }

  /** A request to a service by the system of a care provider, or of nobody in particular. */
  call(service: ServiceName, scope: string, path: string, request: ServiceRequest = {}): Promise<Answer> {
    return this.callAs('demo', service, scope, path, request);
  }

  /** The same by another OAuth client. */
  async callAs(
    client: string,
    service: ServiceName,
    scope: string,
    path: string,
    request: ServiceRequest = {},
  ): Promise<Answer> {
    const { method = 'GET', body, type = 'application/json', organisation, headers = {} } = request;
    const audience = this.urlOf(service);
    const token = await this.#tokensOf(client).clientCredentials({
      audience,
      scope,
      ...(organisation === undefined ? {} : { organisation }),
    });
    const content = typeof body === 'string' ? body : JSON.stringify(body);
    return readAll(
      await authorisedFetch(token, `${audience}${path}`, {
        method,
        timeoutMs: 30_000,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': type }) },
        ...(body === undefined ? {} : { body: content }),
      }),
    );
  }

  /** Parameters of a token request by a professional who treats the patient. */
  async professionalParameters(who: Professional): Promise<Record<string, string>> {
    return {
      organization_id: who.at.ura,
      dezi_statement: await this.dezi.statementOf(who),
      purpose_of_use: 'TREAT',
      treatment_relation: 'asserted',
    };
  }

  /** A token of a professional for the query API. */
  async viewToken(
    who: Professional,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<TokenAnswer> {
    const usual = await this.professionalParameters(who);
    return this.desk.ask({
      parameters: { resource: this.urlOf('query-api'), scope: 'view:read', ...usual, ...parameters },
    });
  }

  /** A professional asks for the patient summary of a patient. */
  async view(who: Professional, bsn: string, options: ViewOptions = {}): Promise<Answer> {
    const answer = await this.viewToken(who, options.parameters);
    if (answer.token === undefined)
      throw new Error(`No token: ${answer.error ?? ''} ${answer.description ?? ''}`);
    return this.viewWith(answer.token, bsn, options.traceparent);
  }

  async viewWith(token: BoundToken, bsn: string, traceparent?: string): Promise<Answer> {
    const body = {
      resourceType: 'Parameters',
      parameter: [{ name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: bsn } }],
    };
    const url = `${this.urlOf('query-api')}/fhir/Patient/$everything`;
    const headers = {
      'content-type': 'application/fhir+json',
      ...(traceparent === undefined ? {} : { traceparent }),
    };
    return readAll(
      await authorisedFetch(token, url, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        timeoutMs: 60_000,
      }),
    );
  }

  holderBase(holder: Provider): string {
    return `${this.urlOf('record')}/tenants/${holder.ura}/fhir`;
  }

  /** A token of a professional for one data holder, as the query API would come with it. */
  async holderToken(
    who: Professional,
    holder: Provider,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<TokenAnswer> {
    const viewToken = await this.viewToken(who, parameters);
    if (viewToken.token === undefined) return viewToken;
    return this.desk.ask({
      client: 'query-api',
      grant: 'urn:ietf:params:oauth:grant-type:token-exchange',
      parameters: {
        resource: this.holderBase(holder),
        scope: 'holder:read',
        subject_token: viewToken.token.accessToken,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      },
    });
  }

  /** A professional asks one data holder. */
  async askHolder(
    who: Professional,
    holder: Provider,
    request: HolderRequest,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const { token, error, description } = await this.holderToken(who, holder, parameters);
    if (token === undefined) throw new Error(`No token: ${error ?? ''} ${description ?? ''}`);
    return this.askHolderWith(token, holder, request);
  }

  async askHolderWith(token: BoundToken, holder: Provider, request: HolderRequest): Promise<Answer> {
    const { method = 'GET', path, form, headers = {} } = request;
    const url = `${this.holderBase(holder)}/${path}`;
    return readAll(
      await authorisedFetch(token, url, {
        method,
        headers: {
          ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...headers,
        },
        ...(form === undefined
          ? {}
          : {
              body: new URLSearchParams(
                form.map(([name, value]): [string, string] => [name, value]),
              ).toString(),
            }),
        timeoutMs: 30_000,
      }),
    );
  }

  /** A professional looks a patient up at a holder, by BSN in the body. */
  findPatient(
    who: Professional,
    holder: Provider,
    bsn: Bsn,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const request: HolderRequest = {
      method: 'POST',
      path: 'Patient/_search',
      form: [['identifier', `${identifierSystems.bsn}|${bsn}`]],
    };
    return this.askHolder(who, holder, request, parameters);
  }

  /** Id of the Patient resource at a holder, as a professional with consent finds it. */
  async patientIdAt(who: Professional, holder: Provider, bsn: Bsn): Promise<string> {
    const answer = await this.findPatient(who, holder, bsn);
    const [patient] = answer.status === 200 ? resourcesOf(bundleOf(answer), 'Patient') : [];
    if (patient?.id === undefined)
      throw new Error(`The patient was not found: ${answer.status} ${answer.text}`);
    return patient.id;
  }

  /** The trail of a care provider, newest first. */
  async auditTrail(ura: string): Promise<Resource[]> {
    const answer = await this.call('audit', 'audit:read', '/fhir/AuditEvent?_count=500', {
      organisation: getUra(ura),
    });
    if (answer.status !== 200) throw new Error(`The audit service answers ${answer.status}`);
    const { entry = [] } = JSON.parse(answer.text) as { entry?: { resource: Resource }[] };
    return entry.map(({ resource }) => resource);
  }

  /** Localisation and registration with the keys of the registrar. */
  localisation(): LocalisationClient<BoundToken, never> {
    return new LocalisationClient<BoundToken, never>({
      pseudonymisationUrl: this.urlOf('pseudonymisation'),
      referenceIndexUrl: this.urlOf('reference-index'),
      tokens: this.#tokensOf('registrar'),
      send: (token, url, request) => authorisedFetch(token, url, request),
    });
  }

  /** Hands something over, as the system of its provider would push it. */
  async push(delivery: Delivery): Promise<void> {
    const { ura, source } = delivery.provider;
    const answer = await this.call('ingest', 'ingest:write', `/tenants/${ura}/sources/${source}/fhir`, {
      method: 'POST',
      body: delivery.toBundle(),
      type: 'application/fhir+json',
      organisation: ura,
    });
    if (answer.status !== 202) throw new Error(`The push was answered ${answer.status}: ${answer.text}`);
  }

  /** The same for several, until they are recorded and registered. */
  async deliver(...deliveries: readonly Delivery[]): Promise<void> {
    for (const delivery of deliveries) await this.push(delivery);
    await this.settle();
  }

  async settle(): Promise<void> {
    await awaitSettled(this.surroundings, 60_000);
  }

  async declareSources(): Promise<void> {
    for (const { ura, name, type, source } of providers) {
      await declareSource(
        this.surroundings,
        this.#tokensOf('demo'),
        { ura, name, type, holder: 'record' },
        source,
        {
          kind: 'fhir-push',
          displayName: `${source} of ${name}`,
          settings: {
            timeZone: 'Europe/Amsterdam',
            defaultCharset: 'UTF-8',
            localIdentifierSystem: `https://${source}.example/patients`,
          },
        },
      );
    }
  }

  async declareSource({ ura, name, type }: Provider, source: string, declaration: object): Promise<void> {
    const provider = { ura, name, type, holder: 'record' } as const;
    await declareSource(this.surroundings, this.#tokensOf('demo'), provider, source, declaration);
  }

  /** A server of the scenario's own; closed when the scenario is over. */
  async standIn(port: number, answer: StandInAnswer): Promise<StandIn> {
    const standIn = await StandIn.listen(port, answer);
    this.#standIns.push(standIn);
    return standIn;
  }

  /** After each scenario: nothing that it broke stays broken. */
  async restore(): Promise<void> {
    this.clock.goOn();
    for (const standIn of this.#standIns.splice(0)) await standIn.close();
    await this.installation.restore();
  }

  #tokensOf(client: string): AccessTokens {
    const known = this.#tokens.get(client);
    if (known !== undefined) return known;
    const issuer = this.urlOf('authorisation-server');
    const tokens = new AccessTokens({ issuer, clientId: client, clientKey: () => this.clientKey(client) });
    this.#tokens.set(client, tokens);
    return tokens;
  }
}
