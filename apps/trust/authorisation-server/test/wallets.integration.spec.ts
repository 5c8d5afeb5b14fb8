import { TestAuthority, type TestCertificate } from '@samenhang/testing';
import { decodeJwt, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unsigned } from './forgeries.js';
import type { RunningServer } from './running-server.js';
import type { TokenAnswer } from './token-request.js';
import { HOSPITAL, resource, WalletInstallation } from './wallet-installation.js';
import { otherNameOf, Wallet, x509Credential, x509Did } from './wallets.js';

const stranger = new TestAuthority('UZI register of the test');
let gpUzi: TestCertificate;
let installation: WalletInstallation;
let hospital: Wallet;
let vendor: Wallet;
let server: RunningServer;

beforeAll(async () => {
  installation = await WalletInstallation.start();
  ({ hospital, vendor, server } = installation);
  gpUzi = installation.authority.issue({ commonName: 'his.gp.example', ura: '11111111' });
});

afterAll(() => installation?.stop());

const submission = (path = '$.verifiableCredential[0]', descriptor = 'uzi-server'): string =>
  JSON.stringify({
    id: 'one',
    definition_id: 'care-provider',
    descriptor_map: [{ id: descriptor, format: 'jwt_vc', path }],
  });

async function present(
  credentials: readonly (string | Promise<string>)[],
  changes: { claims?: JWTPayload; by?: Wallet; parameters?: Record<string, string>; assertion?: string } = {},
): Promise<TokenAnswer> {
  const { claims, by = hospital, parameters = {}, assertion } = changes;
  return installation.send({
    grant_type: 'vp_token-bearer',
    assertion: assertion ?? (await by.present(server.issuer, await Promise.all(credentials), claims)),
    presentation_submission: submission(),
    ...parameters,
  });
}

describe('vp_token-bearer (Nuts RFC021)', () => {
  it('tells what has to be shown', async () => {
    const metadata = (await (
      await fetch(`${server.issuer}/.well-known/openid-configuration`)
    ).json()) as Record<string, unknown>;
    expect(metadata['grant_types_supported']).toContain('vp_token-bearer');
    const address = String(metadata['presentation_definition_endpoint']);
    const definition = await (await fetch(`${address}?scope=nvi:create`)).json();
    expect(definition).toMatchObject({ id: 'care-provider', input_descriptors: [{ id: 'uzi-server' }] });
    expect((await fetch(`${address}?scope=unknown`)).status).toBeGreaterThanOrEqual(400);
  });

  it('gives a bound token for the care provider of the certificate', async () => {
    const { status, body } = await present([installation.credential(hospital)]);
    expect(body.error_description).toBeUndefined();
    expect(status).toBe(200);
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({
      client_id: 'hospital-wallet',
      organization_ura: HOSPITAL,
      scope: 'nvi:create',
      aud: resource,
      cnf: { jkt: await installation.prover.thumbprint() },
    });
  });

  it('takes the type of the care provider from whom the deployment believes', async () => {
    const subject = { roleCodeNL: 'V4' };
    const type = 'HealthcareProviderRoleTypeCredential';
    const believed = await present([
      installation.credential(hospital),
      installation.register.issue(hospital, { type, subject }),
    ]);
    expect(decodeJwt(believed.body.access_token ?? '')['organization_facility_type']).toBe('V4');
    const own = await present([
      installation.credential(hospital),
      hospital.issue(hospital, { type, subject }),
    ]);
    expect(decodeJwt(own.body.access_token ?? '')['organization_facility_type']).toBeUndefined();
  });

  it('a presentation is used once, also when both uses arrive together', async () => {
    const assertion = await hospital.present(server.issuer, [await installation.credential(hospital)]);
    const answers = await Promise.all([1, 2, 3].map(() => present([], { assertion })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  const seconds = (): number => Math.floor(Date.now() / 1000);
  it.each<[string, string, () => Promise<TokenAnswer>]>([
    ['of no credential', 'nothing in it fulfils uzi-server', () => present([])],
    [
      'for another server',
      'signature, audience or period does not hold',
      () => present([installation.credential(hospital)], { claims: { aud: 'https://elsewhere.example' } }),
    ],
    [
      'that lives longer than five seconds',
      'more than 5 seconds',
      () => present([installation.credential(hospital)], { claims: { exp: seconds() + 60 } }),
    ],
    [
      'that is over',
      'signature, audience or period does not hold',
      () =>
        present([installation.credential(hospital)], {
          claims: { nbf: seconds() - 20, exp: seconds() - 15 },
        }),
    ],
    [
      'without a beginning',
      'more than 5 seconds',
      () => present([installation.credential(hospital)], { claims: { nbf: undefined } }),
    ],
    [
      'without a nonce',
      'it has no nonce',
      () => present([installation.credential(hospital)], { claims: { nonce: undefined } }),
    ],
    [
      'that is none',
      'it is no VerifiablePresentation',
      () => present([], { claims: { vp: { type: ['Other'] } } }),
    ],
    [
      'of another wallet',
      'not of the wallet of the client',
      () =>
        present([installation.credential(vendor)], {
          by: vendor,
          parameters: { client_id: 'hospital-wallet' },
        }),
    ],
    [
      'of a credential about another',
      'about another than its bearer',
      () => present([installation.credential(vendor)]),
    ],
    [
      'of a credential for another subject',
      'about another than its bearer',
      () => present([installation.credential(hospital, { claims: { sub: vendor.did } })]),
    ],
    [
      'of a credential that is over',
      'signature, audience or period does not hold',
      () => present([installation.credential(hospital, { claims: { exp: seconds() - 60 } })]),
    ],
    [
      'of a credential that outlives its certificate',
      'outlives the certificate',
      () => present([installation.credential(hospital, { claims: { exp: seconds() + 90_000 } })]),
    ],
    [
      'of a credential with a status',
      'has a status',
      () =>
        present([
          installation.credential(hospital, {
            credential: { credentialStatus: { type: 'StatusList2021Entry' } },
          }),
        ]),
    ],
    [
      'signed by another key than that of the certificate',
      'signature, audience or period does not hold',
      () => present([installation.credential(hospital, { signWith: gpUzi })]),
    ],
    [
      'with a certificate of another authority',
      'leads to no trusted root',
      () =>
        present([
          installation.credential(hospital, {
            authority: stranger,
            server: stranger.issue({ commonName: 'x', ura: HOSPITAL }),
          }),
        ]),
    ],
    [
      'with a certificate that was revoked',
      'it was revoked',
      () => present([installation.credential(hospital, { server: installation.revoked })]),
    ],
    [
      'whose DID names another care provider than the certificate',
      'does not name the server',
      () => present([installation.credential(hospital, { server: gpUzi })]),
    ],
    [
      'whose DID names another authority',
      'of another authority than its DID',
      () =>
        present([
          installation.credential(hospital, {
            did: x509Did(stranger, `san:otherName:${otherNameOf(HOSPITAL)}`),
          }),
        ]),
    ],
    [
      'whose DID names no server',
      'does not name the server',
      () =>
        present([
          installation.credential(hospital, {
            did: x509Did(installation.authority, 'subject:CN:epd.hospital.example'),
          }),
        ]),
    ],
    [
      'whose DID has a policy nobody knows',
      'policy that is not understood',
      () =>
        present([
          installation.credential(hospital, {
            did: `${x509Did(installation.authority, `san:otherName:${otherNameOf(HOSPITAL)}`)}::eku:1.2.3`,
          }),
        ]),
    ],
    [
      'that says more than the certificate',
      'says more than the DID',
      () =>
        present([
          installation.credential(hospital, {
            subject: { san: { otherName: otherNameOf(HOSPITAL) }, subject: { O: 'Hospital Noord' } },
          }),
        ]),
    ],
    [
      'of a credential the wallet made itself',
      'nothing in it fulfils uzi-server',
      () => present([hospital.issue(hospital, { subject: { san: { otherName: otherNameOf(HOSPITAL) } } })]),
    ],
    [
      'for another organization_id',
      'another care provider than organization_id',
      () => present([installation.credential(hospital)], { parameters: { organization_id: '11111111' } }),
    ],
    [
      'without a submission for it',
      'nothing in it fulfils uzi-server',
      () =>
        present([installation.credential(hospital)], {
          parameters: { presentation_submission: submission('$.verifiableCredential[1]') },
        }),
    ],
    [
      'with a submission for something else',
      'descriptor that is not asked for',
      () =>
        present([installation.credential(hospital)], {
          parameters: { presentation_submission: submission('$.verifiableCredential[0]', 'other') },
        }),
    ],
    [
      'with a submission that points elsewhere',
      'nothing in it fulfils uzi-server',
      () =>
        present([installation.credential(hospital)], {
          parameters: { presentation_submission: submission('$..*') },
        }),
    ],
    [
      'with a submission that is none',
      'presentation_submission is no JSON',
      () => present([installation.credential(hospital)], { parameters: { presentation_submission: '{' } }),
    ],
  ])('refuses a presentation %s: %s', async (_, reason, act) => {
    const { status, body } = await act();
    expect(body.access_token).toBeUndefined();
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
    await installation.expectReason(reason);
  });

  it('refuses an unsigned presentation, and a credential without a signature in it', async () => {
    const assertion = unsigned(
      await hospital.present(server.issuer, [await installation.credential(hospital)]),
    );
    expect((await present([], { assertion })).status).toBe(400);
    expect((await present([unsigned(await installation.credential(hospital))])).status).toBe(400);
  });

  it('refuses a care provider that the client does not act for', async () => {
    const own = x509Credential(hospital, '11111111', { authority: installation.authority, server: gpUzi });
    expect((await present([own])).body.error).toBe('invalid_grant');
  });

  it('knows no client by a wallet that is not registered, whoever it says it is', async () => {
    const unknown = await Wallet.ofJwk();
    const own = [installation.credential(unknown)];
    expect((await present(own, { by: unknown })).status).toBeGreaterThanOrEqual(400);
    const claimed = await present(own, { by: unknown, parameters: { client_id: 'hospital-wallet' } });
    expect(claimed.body.error).toBe('invalid_grant');
    const other = await present([installation.credential(hospital)], { parameters: { client_id: 'viewer' } });
    expect(other.body.access_token).toBeUndefined();
  });

  it('a client with a wallet gets tokens by no other grant, and no client without by this one', async () => {
    const bare = await installation.send({ grant_type: 'client_credentials', client_id: 'hospital-wallet' });
    expect(bare.body.access_token).toBeUndefined();
    const viewer = await server.clientOf('viewer');
    const { body } = await viewer.request({
      grant_type: 'vp_token-bearer',
      assertion: await hospital.present(server.issuer, [await installation.credential(hospital)]),
      presentation_submission: submission(),
      resource,
      scope: 'view:read',
    });
    expect(body.access_token).toBeUndefined();
  });

  it('asks no server for a DID that the deployment does not list', async () => {
    const { requests } = installation.host;
    const elsewhere = new Wallet('did:web:169.254.169.254', 'did:web:169.254.169.254#key', hospital.key);
    const { body } = await present([installation.credential(hospital)], {
      by: elsewhere,
      parameters: { client_id: 'hospital-wallet' },
    });
    expect(body.error).toBe('invalid_grant');
    await installation.expectReason('its signer is at an address that is not called');
    expect(installation.host.requests).toBe(requests);
  });

  it('answers a request that is too long with 413', async () => {
    const response = await fetch(`${server.issuer}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `grant_type=vp_token-bearer&assertion=${'A'.repeat(1_100_000)}`,
    });
    expect(response.status).toBe(413);
  });
});
