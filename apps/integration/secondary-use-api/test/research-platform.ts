import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { identifierSystems } from '@samenhang/data-model';
import { createClientKey, publicKeyOf } from '@samenhang/identity';
import {
  blind,
  derivePersonInput,
  encodeBase64Url,
  evaluate,
  generateKey,
  type PseudonymRecipient,
} from '@samenhang/oprf';
import { PermitVerifier, type PermitTerms } from '@samenhang/secondary-use';
import { compileView, planView } from '@samenhang/sql-on-fhir';
import { CompactEncrypt, decodeJwt, exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';

/** What a holder knows of one person. */
export interface HeldPerson {
  readonly bsn: string;
  readonly gender: string;
  readonly birthDate: string;
  readonly codes: readonly string[];
  /** Beside the conditions of the codes: whole resources, without their id and patient. */
  readonly facts?: readonly ({ readonly resourceType: string } & Readonly<Record<string, unknown>>)[];
}

export interface StandInHolder {
  readonly persons: HeldPerson[];
  /** How it answers. */
  mood: 'well' | 'down' | 'down-after-patients' | 'breaks-off' | 'other-project' | 'never';
}

/** Stands in for pseudonymisation, the address book and data holders, which verify permits as real ones do. */
export class ResearchPlatform {
  readonly holders = new Map<string, StandInHolder>();
  /** Terms of the permits that holders were asked under. */
  readonly terms: PermitTerms[] = [];
  readonly registered: string[] = [];
  /** Answers that holders keep waiting, until somebody hangs up. */
  hungUp = 0;
  readonly #oprfKey = generateKey();
  readonly secret: { signing: JWK; decryption: JWK; sealing: string };

  private constructor(
    private readonly server: Server,
    private readonly signing: JWK,
    secret: { signing: JWK; decryption: JWK },
  ) {
    this.secret = { ...secret, sealing: Buffer.alloc(32, 5).toString('base64') };
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<ResearchPlatform> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { privateKey } = await generateKeyPair('RSA-OAEP-256', { extractable: true });
    const decryption = { ...(await exportJWK(privateKey)), kid: 'rsa', alg: 'RSA-OAEP-256' };
    return new ResearchPlatform(server, await createClientKey(), {
      signing: await createClientKey(),
      decryption,
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const json = (body: unknown, status = 200) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (pathname === '/.well-known/jwks.json') return json({ keys: [publicKeyOf(this.signing)] });
    if (pathname === '/recipients/challenges') return json({ challenge: 'a challenge' }, 201);
    if (pathname === '/recipients/key') {
      const { recipientScope, proof } = JSON.parse(text) as { recipientScope: string; proof: string };
      if (decodeJwt(proof)['recipient_scope'] !== recipientScope) return json({}, 422);
      this.registered.push(recipientScope);
      return void response.writeHead(204).end();
    }
    if (pathname === '/fhir/Organization')
      return json(this.#organisation(searchParams.get('identifier') ?? ''));
    const ura = /^\/tenants\/(\d{8})\/fhir\/ViewDefinition\/\$run$/.exec(decodeURI(pathname))?.[1];
    return ura === undefined ? json({}, 404) : this.#run(ura, text, response);
  }

  #organisation(identifier: string): object {
    const ura = identifier.split('|').at(-1) ?? '';
    const endpoint = {
      resourceType: 'Endpoint',
      status: 'active',
      connectionType: { code: 'hl7-fhir-rest' },
      payloadMimeType: ['application/fhir+json; fhirVersion=4.0'],
      address: `${this.url}/tenants/${ura}/fhir`,
    };
    const organisation = {
      resourceType: 'Organization',
      identifier: [{ system: identifierSystems.ura, value: ura }],
      name: ura,
    };
    const resources = this.holders.has(ura) ? [organisation, endpoint] : [];
    return { resourceType: 'Bundle', type: 'searchset', entry: resources.map((resource) => ({ resource })) };
  }

  async #run(ura: string, text: string, response: ServerResponse): Promise<void> {
    const holder = this.holders.get(ura);
    if (holder === undefined || holder.mood === 'down') return void response.writeHead(503).end();
    const { parameter } = JSON.parse(text) as { parameter: { resource?: object; valueString?: string }[] };
    const [{ resource: view } = {}, { valueString: permit = '' } = {}] = parameter;
    if (view === undefined) return void response.writeHead(400).end();
    if (holder.mood === 'down-after-patients' && (view as { resource?: unknown }).resource !== 'Patient')
      return void response.writeHead(503).end();
    const verifier = new PermitVerifier({ keys: [publicKeyOf(this.secret.signing)] });
    const terms = verifier.verify(permit, { holder: `${this.url}/tenants/${ura}/fhir`, request: view });
    this.terms.push(terms);
    if (holder.mood === 'never') {
      response.writeHead(200).write('{"columns":[]}\n');
      response.on('close', () => (this.hungUp += 1));
      return;
    }
    const lines = await this.#lines(holder, view, terms);
    response.end((holder.mood === 'breaks-off' ? lines.slice(0, -2) : lines).join(''));
  }

  async #lines(holder: StandInHolder, view: object, terms: PermitTerms): Promise<string[]> {
    const { persons } = holder;
    const plan = planView(view);
    const run = compileView(plan);
    const keys = persons.map((_, place) => place.toString(16).padStart(32, '0'));
    const { recipient } = terms;
    const blinded = persons.map(({ bsn }) =>
      blind(derivePersonInput({ landCode: 'NL', type: 'BSN', value: bsn }, recipient)),
    );
    const subjects = blinded.map(
      ({ blindedElement }) => `pseudonym:eval:${encodeBase64Url(evaluate(this.#oprfKey, blindedElement))}`,
    );
    const sealedFor = holder.mood === 'other-project' ? { ...recipient, scope: 'project-other' } : recipient;
    const columns = plan.columns.map(({ name }) => ({ name }));
    const rows: (readonly unknown[])[] = [];
    for (const [place, person] of persons.entries())
      for (const resource of permitted(resourcesOf(person, keys[place] ?? ''), terms))
        run(resource, (row) => rows.push(row));
    return [
      { columns },
      {
        persons: {
          keys,
          blindFactors: blinded.map(({ blindFactor }) => encodeBase64Url(blindFactor)),
          evaluation: await this.#seal(subjects, sealedFor),
        },
      },
      ...rows.map((row) => ({ row })),
      { end: { rows: rows.length, truncated: false } },
    ].map((line) => `${JSON.stringify(line)}\n`);
  }

  async #seal(subjects: readonly string[], recipient: PseudonymRecipient): Promise<string> {
    const signed = await new SignJWT({ subjects, scope: recipient.scope, requester: {}, key_version: 1 })
      .setProtectedHeader({ alg: 'ES256', kid: this.signing.kid ?? '' })
      .setIssuer(this.url)
      .setAudience(recipient.organisation)
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(await importJWK(this.signing, 'ES256'));
    const key = await importJWK(publicKeyOf(this.secret.decryption), 'RSA-OAEP-256');
    return new CompactEncrypt(Buffer.from(signed))
      .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
      .encrypt(key);
  }
}

type Resource = { readonly resourceType: string } & Readonly<Record<string, unknown>>;

function resourcesOf({ gender, birthDate, codes, facts = [], bsn }: HeldPerson, key: string): Resource[] {
  const reference = { reference: `Patient/${key}` };
  const conditions = codes.map((code) => ({
    resourceType: 'Condition',
    code: { coding: [{ system: 'http://snomed.info/sct', code }] },
    onsetDateTime: '2025-03-04',
  }));
  return [
    { resourceType: 'Patient', id: key, gender, birthDate },
    ...[...conditions, ...facts].map((fact, place) => ({
      ...fact,
      id: createHash('sha256').update(`${bsn} ${place}`).digest('hex').slice(0, 32),
      subject: reference,
      patient: reference,
    })),
  ];
}

/** What the permit gives, as a holder makes it before a view sees it. */
function permitted(resources: readonly Resource[], { datasets }: PermitTerms): Resource[] {
  return resources.flatMap((resource) => {
    const dataset = datasets.find(({ type }) => type === resource.resourceType);
    if (dataset === undefined) return [];
    const given = new Set(['resourceType', 'id', 'subject', 'patient', ...dataset.elements]);
    return [
      Object.fromEntries(Object.entries(resource).filter(([name]) => given.has(name))) as unknown as Resource,
    ];
  });
}
