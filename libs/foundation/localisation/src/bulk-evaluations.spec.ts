import { getUra, type DataCategory } from '@samenhang/data-model';
import {
  decodeBase64,
  decodeElement,
  decodePseudonymToken,
  derivePersonInput,
  elementOf,
  evaluate,
  generateKey,
  referenceIndexRecipient,
  unblind,
} from '@samenhang/oprf';
import { getBsn } from '@samenhang/patient-identity';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import type { OutgoingRequest } from './authorised-access.js';
import { BulkEvaluations } from './bulk-evaluations.js';
import { LocalisationClient } from './localisation-client.js';

const custodian = getUra('22222222');
const people = [getBsn('999990007'), getBsn('999911120')];
const key = generateKey();
const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
const clientKey = await exportJWK(privateKey);
const keys = createLocalJWKSet({ keys: [await exportJWK(publicKey)] });

function evaluations(): BulkEvaluations {
  return new BulkEvaluations({
    clientId: 'registrar',
    clientKey: () => clientKey,
    pseudonymisationUrl: 'http://prs',
    lifetimeSeconds: 600,
  });
}

/** As the service would, without sealing. */
async function answer(request: string): Promise<string[]> {
  const { payload } = await jwtVerify<{ blindedInputs: string[] }>(request, keys, {
    issuer: 'registrar',
    audience: 'http://prs',
  });
  return payload.blindedInputs.map((input) =>
    Buffer.from(evaluate(key, decodeElement(decodeBase64(input)))).toString('base64url'),
  );
}

function clientOf(respond: (body: Bundle) => object) {
  const sent: { url: string; request: OutgoingRequest }[] = [];
  const client = new LocalisationClient<string, string>({
    pseudonymisationUrl: 'http://prs',
    referenceIndexUrl: 'http://index',
    tokens: { clientCredentials: async () => 'token', exchange: async () => 'token' },
    send: async (_token, url, request) => {
      sent.push({ url, request });
      return Response.json(respond(JSON.parse(request.body ?? '') as Bundle));
    },
  });
  return { client, sent };
}

interface Bundle {
  readonly entry: readonly {
    readonly resource?: { readonly subject: { readonly identifier: { readonly value: string } } };
    readonly request: { readonly method: string };
  }[];
}

const pseudonymOf = (token: string) => {
  const { evaluatedOutput, blindFactor } = decodePseudonymToken(token);
  return Buffer.from(unblind(blindFactor, decodeElement(decodeBase64(evaluatedOutput)))).toString('hex');
};
const expectedOf = (value: string) =>
  Buffer.from(
    evaluate(
      key,
      elementOf(derivePersonInput({ landCode: 'NL', type: 'BSN', value }, referenceIndexRecipient)),
    ),
  ).toString('hex');

describe('evaluations over the event log', () => {
  it('are asked for in a signed request that lives as long as it is waited for, and holds no BSN', async () => {
    const { payload, blindFactors } = evaluations().ask(custodian, people);
    const { payload: claims } = await jwtVerify(payload.request, keys);
    expect(claims).toMatchObject({ jti: payload.requestId, organisation: custodian });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(600);
    expect(blindFactors).toHaveLength(2);
    expect(JSON.stringify(claims)).not.toMatch(/999990007|999911120/);
  });

  it('are blinded anew each time', () => {
    const [one, other] = [evaluations().ask(custodian, people), evaluations().ask(custodian, people)];
    expect(one.payload.requestId).not.toBe(other.payload.requestId);
    expect(one.blindFactors[0]).not.toEqual(other.blindFactors[0]);
  });

  it('register many patients in one transaction, each under a token of their own, and tell the ids', async () => {
    const { payload, blindFactors } = evaluations().ask(custodian, people);
    const tokens = await answer(payload.request);
    const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
    const { client, sent } = clientOf(({ entry }) => ({
      resourceType: 'Bundle',
      entry: entry.map(({ request }, n) => ({
        response: request.method === 'DELETE' ? {} : { location: `http://index/fhir/List/${id(n)}` },
      })),
    }));
    const patients = blindFactors.map((blindFactor, index) => ({
      evaluation: { evaluatedOutput: tokens[index] ?? '', blindFactor },
      register: (index === 0 ? ['Condition', 'Patient'] : ['Encounter']) satisfies DataCategory[],
      deregister: (index === 0 ? [] : ['Patient']) satisfies DataCategory[],
    }));
    const outcome = await client.changeEvaluated({ custodian, sourceId: 'record', patients });
    expect(outcome.map((ids) => Object.fromEntries(ids))).toEqual([
      { Condition: id(0), Patient: id(1) },
      { Encounter: id(3) },
    ]);
    expect(sent.map(({ url }) => url)).toEqual(['http://index/fhir']);
    const { entry } = JSON.parse(sent[0]?.request.body ?? '') as Bundle;
    const subjects = entry.flatMap(({ resource }) => resource?.subject.identifier.value ?? []);
    expect(subjects.map(pseudonymOf)).toEqual(['999990007', '999990007', '999911120'].map(expectedOf));
  });

  it.each([[{}], [{ entry: 7 }], [{ entry: [null, { response: { location: 'elsewhere' } }] }]])(
    'tells no ids that the answer does not tell: %j',
    async (reply) => {
      const { payload, blindFactors } = evaluations().ask(custodian, people);
      const [evaluatedOutput = ''] = await answer(payload.request);
      const [blindFactor] = blindFactors;
      if (blindFactor === undefined) throw new Error('There is no blind factor');
      const patients = [
        { evaluation: { evaluatedOutput, blindFactor }, register: ['Condition'], deregister: [] } as const,
      ];
      const { client } = clientOf(() => reply);
      const outcome = await client.changeEvaluated({ custodian, sourceId: 'record', patients });
      expect(outcome).toEqual([new Map()]);
    },
  );
});
