import type { TokenSource } from '@samenhang/client';
import { dataCategorySystem, identifierSystems, type DataCategory } from '@samenhang/data-model';
import { authorisedFetch, ProofKey, type AuthorisedRequest } from '@samenhang/identity';
import { writeClosedAnswer, type ClosedDecision } from '@samenhang/mitz';
import Fastify, { type FastifyInstance } from 'fastify';
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
} from 'jose';

const custodianExtension =
  'http://minvws.github.io/generiekefuncties-docs/StructureDefinition/nl-gf-localization-custodian';

const patientHandleSystem = 'https://samenhang.example/fhir/NamingSystem/patient-handle';

export interface StandInProvider {
  readonly ura: string;
  readonly name: string;
  readonly address?: string;
  readonly facilityType?: string;
  readonly categories: readonly DataCategory[];
}

/** What the query API stands on, over real HTTP: authorisation server, pseudonymisation, reference index, address book. */
export class StandInPlatform {
  readonly seen: string[] = [];
  readonly tokenRequests: Record<string, string>[] = [];
  providers: readonly StandInProvider[] = [];
  /** What the index calls the person in its events; undefined for an index that does not tell. */
  patientHandle: string | undefined;
  /** Called while the index answers. */
  duringLocalisation: (() => Promise<void>) | undefined;
  localisations = 0;
  /** What the consent register answers; `down` for none. */
  consent: ClosedDecision | 'down' = 'Permit';
  readonly consentQuestions: string[] = [];
  url = '';

  private constructor(
    private readonly server: FastifyInstance,
    private readonly signing: { privateKey: CryptoKey; publicJwk: JWK },
    private readonly callerKey: ProofKey,
  ) {}

  static async start(): Promise<StandInPlatform> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const signing = {
      privateKey,
      publicJwk: { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' },
    };
    const server = Fastify({ forceCloseConnections: true });
    const platform = new StandInPlatform(server, signing, await ProofKey.generate());
    platform.#addRoutes();
    platform.url = await server.listen({ host: '127.0.0.1', port: 0 });
    return platform;
  }

  /** A call to the query API by an application, with a token that carries these claims. */
  async call(url: string, claims: Record<string, unknown>, request: AuthorisedRequest): Promise<Response> {
    const jkt = await calculateJwkThumbprint(await exportJWK(this.callerKey.pair.publicKey));
    const accessToken = await this.sign(new URL(url).origin, jkt, claims);
    return authorisedFetch(
      { accessToken, expiresAt: new Date(Date.now() + 60_000), proofKey: this.callerKey },
      url,
      request,
    );
  }

  /** Tokens for an application that uses the typed client. */
  async tokenSource(claims: Record<string, unknown>): Promise<TokenSource> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const publicJwk = await exportJWK(publicKey);
    const thumbprint = await calculateJwkThumbprint(publicJwk);
    return {
      getToken: async (audience) => ({
        accessToken: await this.sign(audience, thumbprint, claims),
        expiresAt: new Date(Date.now() + 60_000),
        proofKey: { privateKey, publicJwk },
      }),
    };
  }

  async close(): Promise<void> {
    await this.server.close();
  }

  #addRoutes(): void {
    const { server } = this;
    server.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    server.addHook('preHandler', async ({ method, url, headers, body }) => {
      this.seen.push(JSON.stringify({ method, url, headers, body: url === '/token' ? '' : body }));
    });
    server.get('/jwks', async () => ({ keys: [this.signing.publicJwk] }));
    server.get('/revocations', async () => ({ revoked: [] }));
    server.post<{ Body: Record<string, string> }>('/token', async ({ body, headers }) => {
      this.tokenRequests.push(body);
      const jkt = await calculateJwkThumbprint(decodeProtectedHeader(String(headers['dpop'])).jwk as JWK);
      const access_token = await this.sign(body['resource'] ?? '', jkt, { scope: body['scope'] });
      return {
        access_token,
        token_type: 'DPoP',
        expires_in: 300,
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      };
    });
    server.addContentTypeParser('application/soap+xml', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    );
    server.post('/geslotenautorisatievraag/xacml3', async ({ body }, reply) => {
      this.consentQuestions.push(String(body));
      if (this.consent === 'down') return reply.code(503).send();
      return reply.type('application/soap+xml').send(writeClosedAnswer(this.consent));
    });
    server.post('/oprf/eval', async () => ({ jwe: 'opaque' }));
    server.post('/fhir/List/_search', async () => {
      this.localisations += 1;
      const found = searchset(this.providers.flatMap(listsOf));
      await this.duringLocalisation?.();
      const identifier = { system: patientHandleSystem, value: this.patientHandle };
      return this.patientHandle === undefined ? found : { ...found, identifier };
    });
    server.get<{ Querystring: { identifier: string } }>('/fhir/Organization', async ({ query }) =>
      searchset(this.providers.filter(({ ura }) => query.identifier.endsWith(ura)).flatMap(directoryEntry)),
    );
  }

  /** A token for this audience, bound to the key with this thumbprint. */
  sign(audience: string, jkt: string, claims: Record<string, unknown>): Promise<string> {
    return new SignJWT({ client_id: 'demo', ...claims, cnf: { jkt } })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'test' })
      .setIssuer(this.url)
      .setSubject('demo')
      .setAudience(audience)
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(this.signing.privateKey);
  }
}

function searchset(resources: readonly object[]): object {
  return { resourceType: 'Bundle', type: 'searchset', entry: resources.map((resource) => ({ resource })) };
}

function listsOf({ ura, categories }: StandInProvider): object[] {
  return categories.map((code) => ({
    resourceType: 'List',
    extension: [
      {
        url: custodianExtension,
        valueReference: { identifier: { system: identifierSystems.ura, value: ura } },
      },
    ],
    code: { coding: [{ system: dataCategorySystem, code }] },
  }));
}

function directoryEntry({ ura, name, address, facilityType = 'V4' }: StandInProvider): object[] {
  const endpoint = {
    resourceType: 'Endpoint',
    status: 'active',
    connectionType: { code: 'hl7-fhir-rest' },
    payloadMimeType: ['application/fhir+json; fhirVersion=4.0'],
    address,
  };
  return [
    {
      resourceType: 'Organization',
      identifier: [{ system: identifierSystems.ura, value: ura }],
      type: [{ coding: [{ system: identifierSystems.organisationType, code: facilityType }] }],
      name,
    },
    ...(address === undefined ? [] : [endpoint]),
  ];
}
