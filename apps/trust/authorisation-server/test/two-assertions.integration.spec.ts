import { decodeJwt, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unsigned } from './forgeries.js';
import type { RunningServer } from './running-server.js';
import type { TokenAnswer } from './token-request.js';
import { HOSPITAL, WalletInstallation } from './wallet-installation.js';
import type { Wallet } from './wallets.js';

let installation: WalletInstallation;
let hospital: Wallet;
let vendor: Wallet;
let server: RunningServer;

beforeAll(async () => {
  installation = await WalletInstallation.start();
  ({ hospital, vendor, server } = installation);
});

afterAll(() => installation?.stop());

describe('jwt-bearer with two assertions', () => {
  async function ask(changes: {
    organisation?: string;
    vendorClaims?: JWTPayload;
    parameters?: Record<string, string>;
    vendorAssertion?: string;
  }): Promise<TokenAnswer> {
    const { organisation, vendorClaims, parameters = {}, vendorAssertion } = changes;
    return installation.send({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion:
        organisation ?? (await hospital.present(server.issuer, [await installation.credential(hospital)])),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: vendorAssertion ?? (await vendor.present(server.issuer, [], vendorClaims)),
      ...parameters,
    });
  }

  it('gives the vendor a token for the care provider', async () => {
    const { body } = await ask({});
    expect(body.error_description).toBeUndefined();
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({
      client_id: 'vendor',
      organization_ura: HOSPITAL,
      cnf: { jkt: await installation.prover.thumbprint() },
    });
  });

  it('takes a professional and a purpose along, as every other grant', async () => {
    const dezi = await server.dezi.statement({ abonnee_nummer: HOSPITAL });
    const { body } = await ask({ parameters: { dezi_statement: dezi, purpose_of_use: 'TREAT' } });
    expect(decodeJwt(body.access_token ?? '')).toMatchObject({
      user_role: '01.015',
      purpose_of_use: 'TREAT',
    });
    const foreign = await ask({ parameters: { dezi_statement: await server.dezi.statement() } });
    expect(foreign.body.error).toBe('invalid_grant');
  });

  it.each<[string, () => Promise<TokenAnswer>]>([
    [
      'a vendor that signs nothing',
      async () => ask({ vendorAssertion: unsigned(await vendor.present(server.issuer, [])) }),
    ],
    [
      'a vendor whose assertion is for another server',
      () => ask({ vendorClaims: { aud: 'https://elsewhere.example' } }),
    ],
    [
      'a vendor whose assertion lives longer than a minute',
      () => ask({ vendorClaims: { exp: Math.floor(Date.now() / 1000) + 600 } }),
    ],
    [
      'the care provider in the place of its vendor',
      async () =>
        ask({
          vendorAssertion: await hospital.present(server.issuer, []),
          parameters: { client_id: 'vendor' },
        }),
    ],
    [
      'a care provider that shows nothing',
      async () => ask({ organisation: await hospital.present(server.issuer, []) }),
    ],
    [
      'a care provider with the credential of another',
      async () =>
        ask({ organisation: await vendor.present(server.issuer, [await installation.credential(hospital)]) }),
    ],
    [
      'our own name for the assertion of the vendor',
      async () =>
        ask({
          vendorAssertion: '',
          parameters: { vendor_assertion: await vendor.present(server.issuer, []), client_id: 'vendor' },
        }),
    ],
  ])('refuses %s', async (_, act) => {
    const { status, body } = await act();
    expect(body.access_token).toBeUndefined();
    expect([400, 401]).toContain(status);
  });

  it('uses neither assertion twice', async () => {
    const organisation = await hospital.present(server.issuer, [await installation.credential(hospital)]);
    const vendorAssertion = await vendor.present(server.issuer, []);
    expect((await ask({ organisation, vendorAssertion })).status).toBe(200);
    expect((await ask({ organisation })).body.error).toBe('invalid_grant');
    expect((await ask({ vendorAssertion })).body.error).toBe('invalid_grant');
  });
});
