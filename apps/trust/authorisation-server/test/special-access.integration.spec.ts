import { randomBytes, randomUUID } from 'node:crypto';
import { PatientBinding, type PatientBindingSecret } from '@samenhang/identity';
import { withClient } from '@samenhang/persistence';
import { decodeJwt, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tamper, unsigned } from './forgeries.js';
import { RunningServer } from './running-server.js';
import type { RawClient } from './token-request.js';

const assistant = '900000057';
const now = (): number => Math.floor(Date.now() / 1000);

let server: RunningServer;
let viewer: RawClient;

beforeAll(async () => {
  server = await RunningServer.start();
  viewer = await server.clientOf('viewer');
});

afterAll(() => server?.stop());

describe('emergency access (acceptance scenario 5)', () => {
  const reason = 'Unconscious on arrival, allergies unknown';
  const emergency = async (change: Record<string, string> = {}): Promise<Record<string, string>> => ({
    ...(await server.viewRequest()),
    purpose_of_use: 'ETREAT',
    emergency_reason: reason,
    ...change,
  });

  it('is declared with a reason that stays in the trail and out of the token', async () => {
    const { status, body } = await viewer.request(await emergency());
    expect(status).toBe(200);
    const claims = decodeJwt(body.access_token ?? '');
    expect(claims).toMatchObject({ purpose_of_use: 'ETREAT', emergency_access: expect.any(String) });
    expect(Number(claims['emergency_until']) - now()).toBeLessThanOrEqual(1_800);
    expect(JSON.stringify(claims)).not.toContain('Unconscious');
    const events = await withClient(server.databaseUrl, (client) =>
      client.query<{ text: string }>(
        `SELECT payload AS text FROM event_log.event WHERE type = 'audit.recorded'`,
      ),
    );
    const declared = events.rows.filter(({ text }) => text.includes(String(claims['emergency_access'])));
    expect(declared).toHaveLength(1);
    expect(declared[0]?.text).toContain(reason);
  });

  it('without a reason is a token that names no emergency', async () => {
    const { status, body } = await viewer.request({
      ...(await server.viewRequest()),
      purpose_of_use: 'BTG',
    });
    expect(status).toBe(200);
    expect(decodeJwt(body.access_token ?? '')).not.toHaveProperty('emergency_access');
  });

  it.each([
    ['too short a reason', { emergency_reason: 'help' }],
    ['too long a reason', { emergency_reason: 'x'.repeat(501) }],
    ['a reason for ordinary treatment', { purpose_of_use: 'TREAT' }],
  ])('refuses %s', async (_, change) => {
    expect((await viewer.request(await emergency(change))).body.error).toBe('invalid_request');
  });
});

describe('a mandate (acceptance scenario 12)', () => {
  interface Mandate {
    readonly claims?: JWTPayload;
    readonly subject?: Record<string, unknown>;
    readonly types?: readonly string[];
    readonly key?: CryptoKey;
  }
  const mandate = async ({ claims, subject, types, key }: Mandate = {}): Promise<string> => {
    const jwk = server.keyOf('viewer');
    return new SignJWT({
      iss: 'viewer',
      jti: randomUUID(),
      nbf: now() - 60,
      exp: now() + 3_600,
      vc: {
        type: types ?? ['VerifiableCredential', 'HealthcareProfessionalDelegationCredential'],
        credentialSubject: {
          organization: '11111111',
          delegate: assistant,
          delegatedBy: '000095254',
          roleCode: '01.015',
          ...subject,
        },
      },
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: jwk.kid ?? '' })
      .sign(key ?? (await importJWK(jwk, 'ES256')));
  };
  const ofAssistant = (): Promise<string> =>
    server.dezi.statement({ dezi_nummer: assistant, rol_code: '85.000' });
  const request = async (change: Record<string, string>): Promise<Record<string, string>> => ({
    ...(await server.viewRequest()),
    dezi_statement: await ofAssistant(),
    ...change,
  });

  it('names who is responsible and who acts', async () => {
    const { body } = await viewer.request(await request({ delegation: await mandate() }));
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({
      user_id: '000095254',
      user_role: '01.015',
      delegate_id: assistant,
      delegate_role: '85.000',
    });
  });

  it('is needed: the assistant alone has the role of an assistant', async () => {
    const { body } = await viewer.request(await request({}));
    const claims = decodeJwt(body.access_token ?? '');
    expect(claims).toMatchObject({ user_id: assistant, user_role: '85.000' });
    expect(claims).not.toHaveProperty('delegate_id');
  });

  it.each<[string, () => Promise<string>]>([
    ['expired', () => mandate({ claims: { exp: now() - 60 } })],
    ['not yet in force', () => mandate({ claims: { nbf: now() + 600 } })],
    ['without an end', () => mandate({ claims: { exp: undefined } })],
    ['of another organisation', () => mandate({ subject: { organization: '22222222' } })],
    ['for somebody else', () => mandate({ subject: { delegate: '900000009' } })],
    ['of an unknown issuer', () => mandate({ claims: { iss: 'elsewhere' } })],
    ['of another type', () => mandate({ types: ['VerifiableCredential'] })],
    ['without a role', () => mandate({ subject: { roleCode: '01' } })],
    ['signed with another key', async () => mandate({ key: (await generateKeyPair('ES256')).privateKey })],
    ['signed by another client', async () => mandate({ claims: { iss: 'query-api' } })],
    ['tampered with', async () => tamper(await mandate())],
    ['unsigned', async () => unsigned(await mandate())],
    ['nonsense', async () => 'nonsense'],
  ])('%s: refused', async (_, delegation) => {
    const { body } = await viewer.request(await request({ delegation: await delegation() }));
    expect(body.error).toBe('invalid_grant');
    expect(body.error_description).not.toMatch(/\d{9}/);
  });

  it('needs the statement of who acts by it', async () => {
    const { dezi_statement: _, ...parameters } = await request({ delegation: await mandate() });
    expect((await viewer.request(parameters)).body.error).toBe('invalid_request');
  });
});

describe('a token for one patient (acceptance scenario 6)', () => {
  const patient = 'http://fhir.nl/fhir/NamingSystem/bsn|999901370';

  it('is bound to the patient, whom it does not tell', async () => {
    const { body } = await viewer.request({
      ...(await server.viewRequest()),
      patient_enrollment_identifier: patient,
    });
    const token = body.access_token ?? '';
    const sealed = String(decodeJwt(token)['patient_binding']);
    expect(JSON.stringify(decodeJwt(token))).not.toContain('999901370');
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('999901370');
    const secret = server.secrets['patient-binding'] as PatientBindingSecret;
    expect(new PatientBinding(secret).open(sealed)).toBe(patient);
    const other = new PatientBinding({ key: randomBytes(32).toString('base64') });
    expect(other.open(sealed)).toBeUndefined();
  });

  it.each(['999901370', 'x|y|z', 'javascript', ' |1'])('refuses %s', async (identifier) => {
    const { body } = await viewer.request({
      ...(await server.viewRequest()),
      patient_enrollment_identifier: identifier,
    });
    expect(body.error).toBe('invalid_request');
  });
});

describe('the client assertion (acceptance scenario 30)', () => {
  it.each<[string, JWTPayload]>([
    ['for a certificate that the connection does not have', { cnf: { 'x5t#S256': 'A'.repeat(43) } }],
    ['for no certificate at all', { cnf: {} }],
    ['for more than a minute', { exp: now() + 120 }],
    ['that says not when it was made', { iat: undefined }],
    ['made in the future', { iat: now() + 300, exp: now() + 330 }],
  ])('%s: 401', async (_, claims) => {
    const assertion = await viewer.assertion(claims);
    const { status, body } = await viewer.request(await server.viewRequest(), { assertion });
    expect(status).toBe(401);
    expect(body.error).toBe('invalid_client');
  });

  it('used twice: 401', async () => {
    const parts = await viewer.parts(await server.viewRequest());
    expect((await viewer.send(parts)).status).toBe(200);
    const again = await viewer.send({ ...parts, proof: await viewer.proof() });
    expect(again.status).toBe(401);
  });

  it('is not replaced by headers that a proxy might set', async () => {
    const headers = {
      'x-gf-sub': '11111111',
      'x-gf-act-sub': '00000001234567890000',
      'x-gf-audience': server.issuer,
      'x-gf-scope': 'view:read',
      'x-gf-cert-type': 'S',
      'content-type': 'application/x-www-form-urlencoded',
      DPoP: await viewer.proof(),
    };
    const form = { grant_type: 'client_credentials', client_id: 'viewer', ...(await server.viewRequest()) };
    const body = new URLSearchParams(form).toString();
    expect((await fetch(`${server.issuer}/token`, { method: 'POST', headers, body })).status).toBe(401);
  });
});
