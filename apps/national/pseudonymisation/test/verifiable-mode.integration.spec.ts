import {
  blind,
  confirmMasked,
  decodeBase64,
  decodeElement,
  decodeScalar,
  encodeBase64Url,
  verifyMasked,
} from '@samenhang/oprf';
import { compactDecrypt, decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nvi, startPseudonymisation, type RunningPseudonymisation } from './running-service.js';

let service: RunningPseudonymisation;
beforeAll(async () => {
  service = await startPseudonymisation();
});
afterAll(() => service.stop());

const element = (text: string) => decodeElement(decodeBase64(text));
const inputs = ['one', 'two'].map((text) => blind(Buffer.from(text)));
const points = inputs.map(({ blindedElement }) => blindedElement);

const post = (mode: string) =>
  service.issuer.fetch(
    `${service.url}/oprf/eval-batch`,
    { organization_ura: '22222222', scope: 'prs:evaluate' },
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        encryptedPersonalIds: points.map(encodeBase64Url),
        recipientOrganization: nvi.organisation,
        recipientScope: nvi.scope,
        mode,
      }),
    },
  );

describe('verifiable mode', () => {
  it('gives the sender a proof, and the recipient what confirms it against the published key', async () => {
    const { jwe, verification } = (await (await post('voprf')).json()) as {
      jwe: string;
      verification: {
        key_version: number;
        masked_public_key: string;
        masked_elements: string[];
        proof: string;
      };
    };
    const masked = {
      publicKey: element(verification.masked_public_key),
      elements: verification.masked_elements.map(element),
    };
    expect(verifyMasked(masked, points, decodeBase64(verification.proof))).toBe(true);

    const { plaintext } = await compactDecrypt(jwe, service.recipientKey);
    const claims = decodeJwt(new TextDecoder().decode(plaintext));
    const sealed = (claims['subjects'] as string[]).map((text) =>
      element(text.replace('pseudonym:eval:', '')),
    );
    expect(verification.masked_elements).not.toContain(encodeBase64Url(sealed[0] ?? new Uint8Array()));
    const { keys } = (await (await fetch(`${service.url}/.well-known/oprf-keys.json`)).json()) as {
      keys: { recipient_scope: string; key_version: number; public_key: string }[];
    };
    const published = keys.find(({ recipient_scope: scope }) => scope === nvi.scope);
    expect(published?.key_version).toBe(verification.key_version);
    const mask = decodeScalar(decodeBase64(claims['verification_mask'] as string));
    expect(confirmMasked(element(published?.public_key ?? ''), mask, sealed, masked)).toBe(true);
  });

  it('is asked for; other modes are 400', async () => {
    expect(await (await post('oprf')).json()).toEqual({ jwe: expect.any(String) as string });
    expect((await post('poprf')).status).toBe(400);
  });
});
