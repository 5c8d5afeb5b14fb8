import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  auditTrail,
  createList,
  custodiansIn,
  hospital,
  listOf,
  pharmacy,
  professional,
  search,
  subject,
} from './index-requests.js';
import { startIndex, type RunningIndex } from './running-index.js';
import { sealToken, type TokenOptions } from './sealed-token.js';

const person = '999990007';
let index: RunningIndex;
beforeAll(async () => {
  index = await startIndex();
});
afterAll(() => index.stop());
beforeEach(() => index.query('TRUNCATE registration, event_log.event'));

const count = async () =>
  (await index.query<{ count: string }>('SELECT count(*) FROM registration'))[0]?.count;

describe('a token that is not accepted', () => {
  const cases: [string, TokenOptions | (() => Promise<TokenOptions>), string][] = [
    ['made for another organisation', { organisation: '44444444' }, 'token-wrong-requester'],
    ['made for another client of the organisation', { client: 'query-api' }, 'token-wrong-requester'],
    ['expired', { expiresInSeconds: -60 }, 'token-expired'],
    ['for another audience', { audience: 'oin:00000099000000009999' }, 'token-wrong-audience'],
    ['for another scope', { scope: 'other' }, 'token-wrong-audience'],
    ['of another issuer', { issuer: 'https://elsewhere.example' }, 'token-malformed'],
    ['unsigned', { unsigned: true }, 'token-unsigned'],
    [
      'signed by another',
      async () => ({ signingKey: (await generateKeyPair('ES256')).privateKey }),
      'token-unsigned',
    ],
    [
      'encrypted to another',
      async () => ({ encryptionKey: (await generateKeyPair('RSA-OAEP-256')).publicKey }),
      'token-not-decryptable',
    ],
    ['with the identity element', { element: 'A'.repeat(43) }, 'token-not-an-element'],
    ['with a short element', { element: 'AAAA' }, 'token-not-an-element'],
    [
      'with a non-canonical element',
      { element: Buffer.from(`00${'ff'.repeat(31)}`, 'hex').toString('base64url') },
      'token-not-an-element',
    ],
  ];

  it.each(cases)('%s: 400, nothing stored, audited', async (_name, options, reason) => {
    const { text } = await sealToken(
      index,
      person,
      typeof options === 'function' ? await options() : options,
    );
    const response = await createList(index, listOf(text));
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain(text);
    expect(await count()).toBe(0);
    expect(await auditTrail(index)).toContain(reason);
  });

  it.each([
    'x',
    'bm90IGpzb24',
    Buffer.from('{"evaluated_output":"a.b.c.d.e","blind_factor":"AA"}').toString('base64url'),
  ])('that is no token at all (%s): 400', async (text) => {
    expect((await createList(index, listOf(text))).status).toBe(400);
  });
});

describe('single use', () => {
  it('refuses a replay, whatever it asks', async () => {
    const { text } = await sealToken(index, person);
    expect((await createList(index, listOf(text))).status).toBe(201);
    expect((await createList(index, listOf(text, {}, 'Patient'))).status).toBe(400);
    const search_ = { 'subject:identifier': subject(text), 'source:identifier': 'samenhang-record' };
    expect((await search(index, search_, hospital)).status).toBe(400);
    expect(await auditTrail(index)).toContain('token-used');
  });

  it('makes one row of the very same request twenty times: one 201 and nineteen duplicates, none more accepted', async () => {
    const body = listOf((await sealToken(index, person)).text);
    const responses = await Promise.all(Array.from({ length: 20 }, () => createList(index, body)));
    const statuses = responses.map((response) => response.status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
    expect(await count()).toBe(1);
    expect(await auditTrail(index)).toContain('token-used');
  });

  it('lets one of twenty concurrent uses through', async () => {
    const { text } = await sealToken(index, person, { organisation: '11111111' });
    const ask = () => search(index, { 'subject:identifier': subject(text) }, professional);
    const statuses = (await Promise.all(Array.from({ length: 20 }, ask))).map((response) => response.status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 400)).toHaveLength(19);
  });
});

describe('who may localise', () => {
  beforeEach(async () => {
    await createList(index, listOf((await sealToken(index, person)).text));
  });
  const ask = async (claims: { scope: string } & Record<string, unknown>) => {
    const { text } = await sealToken(index, person, { organisation: '11111111' });
    return search(index, { 'subject:identifier': subject(text) }, claims);
  };
  const answerTo = async (claims: { scope: string } & Record<string, unknown>) => {
    const response = await ask(claims);
    return { status: response.status, custodians: await custodiansIn(response) };
  };

  it('a professional who treats', async () => {
    expect(await answerTo(professional)).toEqual({ status: 200, custodians: ['22222222'] });
    expect(await auditTrail(index)).toContain('localise');
  });

  it.each([
    ['another purpose', { purpose_of_use: 'HRESCH' }],
    ['no treatment relation', { treatment_relation: undefined }],
    ['a role without access', { user_role: '99.999' }],
  ])('with %s: looks like "no registrations", and is a denial in the audit trail', async (_name, changes) => {
    const refused = await ask({ ...professional, ...changes });
    const unknown = await search(
      index,
      {
        'subject:identifier': subject(
          (await sealToken(index, '999911120', { organisation: '11111111' })).text,
        ),
      },
      professional,
    );
    expect(refused.status).toBe(unknown.status);
    expect(await refused.text()).toBe(await unknown.text());
    expect(await auditTrail(index)).toMatch(/"outcome":\s*"(4|8)"|denied|not_allowed/);
  });

  it('refuses a token without a professional: it is of the wrong kind for anyone', async () => {
    expect((await ask({ organization_ura: '11111111', scope: 'nvi:localize' })).status).toBe(403);
  });

  it('never shows another’s registrations to a system that lists its own', async () => {
    expect(await custodiansIn(await index.issuer.fetch(`${index.url}/fhir/List`, pharmacy))).toEqual([]);
  });
});

describe('what leaves the index', () => {
  it('audits without any token, pseudonym or hash', async () => {
    const { text, jwe } = await sealToken(index, person);
    await createList(index, listOf(text));
    const [{ hash } = { hash: '?' }] = await index.query<{ hash: string }>(
      `SELECT encode(pseudonym_hash, 'hex') AS hash FROM registration`,
    );
    const trail = await auditTrail(index);
    for (const secret of [text, jwe, hash, person]) expect(trail).not.toContain(secret);
  });
});
