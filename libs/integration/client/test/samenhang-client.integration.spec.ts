import { generateKeyPair, exportJWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  attachmentsOf,
  findFileName,
  ProfessionalTokens,
  SamenhangClient,
  SamenhangFailure,
  type Fact,
} from '../src/index.js';
import { readProof, StandInPlatform } from './stand-in-platform.js';
import { gp, viewBundle } from './view-bundle.js';

const bsn = '900186021';
let platform: StandInPlatform;
let client: SamenhangClient;
let tokens: ProfessionalTokens;

beforeAll(async () => {
  platform = await StandInPlatform.start();
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  tokens = new ProfessionalTokens({
    issuer: platform.url,
    clientId: 'demo',
    clientKey: { ...(await exportJWK(privateKey)), kid: 'k1', alg: 'ES256' },
    organisation: '11111111',
    purposeOfUse: 'TREAT',
    treatmentRelation: 'asserted',
    deziStatement: async () => 'statement',
  });
  client = new SamenhangClient({ baseUrl: platform.url, tokens });
});
afterAll(() => platform.close());
beforeEach(() => {
  platform.answer = { status: 200, body: viewBundle };
});

describe('asking', () => {
  it('proves possession of a token on behalf of a professional, and keeps it', async () => {
    await client.patientView(bsn);
    await client.patientView(bsn);
    const [tokenCall, ...more] = platform.to('/token');
    expect(more).toEqual([]);
    expect(tokenCall?.body).toMatchObject({
      grant_type: 'client_credentials',
      resource: platform.url,
      organization_id: '11111111',
      dezi_statement: 'statement',
      purpose_of_use: 'TREAT',
    });
    const [call] = platform.to('/fhir/Patient/$everything');
    expect(call?.headers['authorization']).toBe('DPoP issued');
    const proof = await readProof(String(call?.headers['dpop']));
    expect(proof).toMatchObject({
      htm: 'POST',
      htu: `${platform.url}/fhir/Patient/$everything`,
      typ: 'dpop+jwt',
    });
  });

  it('sends the BSN in the body and nowhere else', async () => {
    await client.patientView(bsn);
    const call = platform.to('/fhir/Patient/$everything').at(-1);
    expect(JSON.stringify(call?.body)).toContain(bsn);
    expect(`${call?.url} ${JSON.stringify(call?.headers)}`).not.toContain(bsn);
  });

  it.each([
    ['the view', (asked: SamenhangClient) => asked.patientView(bsn)],
    ['an operation', (asked: SamenhangClient) => asked.summary(bsn)],
  ])('asks again for %s after as long as a busy service says, and not for ever', async (_what, ask) => {
    platform.busy = { times: 2, retryAfter: '0' };
    await ask(client);
    platform.busy = { times: 3, retryAfter: '0' };
    await expect(ask(client)).rejects.toMatchObject({ kind: 'unavailable', retryAfterSeconds: 0 });
    expect(platform.busy.times).toBe(0);
  });

  it('does not ask again where it is not told when, nor beyond its own patience', async () => {
    platform.busy = { times: 1, retryAfter: 'soon' };
    await expect(client.summary(bsn)).rejects.toMatchObject({ kind: 'unavailable' });
    platform.busy = { times: 1, retryAfter: '9999' };
    const impatient = new SamenhangClient({ baseUrl: platform.url, tokens, timeoutMs: 2_000 });
    await expect(impatient.summary(bsn)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(platform.busy.times).toBe(0);
  });

  it('turns an OperationOutcome into a failure that says what was wrong', async () => {
    platform.answer = {
      status: 422,
      body: {
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'error', code: 'value', diagnostics: 'No BSN', expression: ['Parameters'] }],
      },
    };
    const failure = await client.patientView(bsn).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SamenhangFailure);
    expect(failure).toMatchObject({
      kind: 'invalid',
      message: 'No BSN',
      issues: [{ code: 'value', text: 'No BSN', expression: 'Parameters' }],
    });
    expect(String(failure)).not.toContain(bsn);
  });

  it('says that the API cannot be reached, or does not answer in time', async () => {
    const tokens = { getToken: () => Promise.reject(new SamenhangFailure('forbidden', 'No token')) };
    await expect(
      new SamenhangClient({ baseUrl: platform.url, tokens }).patientView(bsn),
    ).rejects.toMatchObject({ kind: 'forbidden' });
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const own = {
      getToken: async () => ({
        accessToken: 't',
        expiresAt: new Date(),
        proofKey: { privateKey, publicJwk: await exportJWK(publicKey) },
      }),
    };
    await expect(
      new SamenhangClient({ baseUrl: 'http://127.0.0.1:9', tokens: own }).patientView(bsn),
    ).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('the typed view', () => {
  it('gives each fact with all its sources', async () => {
    const { allergies, laboratoryResults, medication, problems } = await client.patientView(bsn);
    expect(allergies).toMatchObject([
      {
        label: 'Penicilline',
        value: 'criticality high',
        differences: ['criticality'],
        sources: [
          { custodian: '11111111', custodianName: 'GP', system: 'urn:system:11111111' },
          { custodian: '22222222', system: 'urn:system:22222222' },
        ],
      },
    ]);
    expect(laboratoryResults).toMatchObject([
      { label: 'Leukocytes', value: '0 10*9/L', date: '2026-01-01T10:00:00Z' },
    ]);
    expect(medication).toMatchObject([{ label: 'Metformine', value: '1x daily' }]);
    expect(problems.map(({ label }) => label)).toEqual(['Diabetes', '44054006']);
  });

  it('gives documents with their files, and leaves nothing out that it has no section for', async () => {
    const { documents, others } = await client.patientView(bsn);
    expect(documents).toMatchObject([{ label: 'Discharge letter', date: '2026-01-02T10:00:00Z' }]);
    expect(documents.flatMap(({ resource }) => attachmentsOf(resource))).toEqual([
      { at: 0, title: 'Letter', contentType: 'text/plain', size: 5, data: 'SGVsbG8=' },
      { at: 1, contentType: 'application/pdf', size: 1200, url: 'https://hospital.example/fhir/Binary/b' },
    ]);
    expect(others).toMatchObject([{ label: 'MRSA', date: '2025' }]);
  });

  it('gives a file of a document, from the care provider that holds it', async () => {
    const document = { ...(await client.patientView(bsn)).allergies[0] } as Fact;
    const name = findFileName(document, 1);
    if (name === undefined) throw new Error('Nobody holds it');
    expect(name).toEqual({ custodian: '11111111', document: `${gp}/AllergyIntolerance/a`, at: 1 });
    platform.answer = {
      status: 200,
      body: { resourceType: 'Binary', contentType: 'text/plain', data: 'SGVsbG8=' },
    };
    expect(await client.file(bsn, name)).toEqual({ contentType: 'text/plain', data: 'SGVsbG8=' });
    const call = platform.to('/fhir/DocumentReference/$attachment').at(-1);
    expect(JSON.stringify(call?.body)).toContain(bsn);
    expect(call?.url).not.toContain(bsn);
    platform.answer = { status: 200, body: { resourceType: 'Binary' } };
    await expect(client.file(bsn, name)).rejects.toMatchObject({ kind: 'upstream' });
  });

  it('gives the person with the custodians of each value', async () => {
    const { demographics } = await client.patientView(bsn);
    expect(demographics).toMatchObject({ name: 'Anna Jansen', birthDate: '1950-01-01' });
    expect(demographics?.elements).toMatchObject([
      {
        element: 'name',
        values: [
          { text: 'Anna Jansen', custodians: ['11111111'] },
          { text: 'Janssen', custodians: ['22222222'] },
        ],
      },
    ]);
  });

  it('sets conflicts, retractions and missing sources apart', async () => {
    const { conflicts, retracted, missing, sources, nothingRegistered } = await client.patientView(bsn);
    expect(conflicts).toMatchObject([
      { kind: 'state', elements: ['clinicalStatus'], facts: [{ address: `${gp}/Condition/c` }, {}] },
    ]);
    expect(retracted.map(({ label }) => label)).toEqual(['Withdrawn']);
    expect(missing).toEqual([
      {
        custodian: '44444444',
        custodianName: 'Pharmacy',
        severity: 'warning',
        code: 'timeout',
        text: 'Custodian 44444444 did not answer in time',
      },
    ]);
    expect(sources.map(({ custodian, status }) => `${custodian} ${status}`)).toEqual([
      '11111111 ok',
      '44444444 timed-out',
    ]);
    expect(nothingRegistered).toBe(false);
  });
});
