import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  auditTrail,
  createList,
  hospital,
  listOf,
  pharmacy,
  professional,
  search,
  subject,
} from './index-requests.js';
import { startIndex, type RunningIndex } from './running-index.js';
import { sealToken } from './sealed-token.js';

let index: RunningIndex;
beforeAll(async () => {
  index = await startIndex();
});
afterAll(() => index.stop());
beforeEach(() => index.query('TRUNCATE registration, event_log.event, wipe_request'));

interface Registration {
  readonly id: string;
  readonly category: string;
}

const get = (path: string, claims = hospital) => index.issuer.fetch(`${index.url}${path}`, claims);
const post = (path: string, body: object = {}, claims: typeof hospital = hospital) =>
  index.issuer.fetch(`${index.url}${path}`, claims, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function register(person: string, claims = hospital, category: 'Condition' | 'Patient' = 'Condition') {
  const { text } = await sealToken(index, person, { organisation: claims.organization_ura });
  const list = listOf(text, {}, category, claims.organization_ura);
  expect((await createList(index, list, claims)).status).toBe(201);
}

const count = async (ura: string) =>
  (await index.query(`SELECT 1 FROM registration WHERE custodian = '${ura}'`)).length;

describe('the list of one’s own registrations', () => {
  it('comes in pages that follow each other, narrowed by category and bucket', async () => {
    for (let person = 0; person < 7; person += 1) await register(String(900_000_000 + person));
    await register('999990007', hospital, 'Patient');
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const more = cursor === undefined ? '' : `&cursor=${cursor}`;
      const page = (await (await get(`/registrations?count=3&category=Condition${more}`)).json()) as {
        registrations: Registration[];
        total: number;
        next?: string;
      };
      expect(page.total).toBe(7);
      seen.push(...page.registrations.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(7);
    const bucket = seen[0]?.slice(0, 2) ?? '';
    const { registrations } = (await (await get(`/registrations?bucket=${bucket}`)).json()) as {
      registrations: Registration[];
    };
    expect(registrations.map(({ id }) => id)).toContain(seen[0]);
    expect(registrations.every(({ id }) => id.startsWith(bucket))).toBe(true);
  });

  it.each([
    'count=0',
    'cursor=x',
    'bucket=zz',
    'category=Secrets',
    'source_id=',
    'everything=1',
    'pseudonym=x',
  ])('refuses ?%s with 400', async (query) => {
    expect((await get(`/registrations?${query}`)).status).toBe(400);
  });
});

describe('the digest', () => {
  it('is of the ids, of one’s own, whatever their order', async () => {
    await register('999990007');
    await register('900186021');
    await register('900186021', pharmacy);
    const { registrations } = (await (await get('/registrations')).json()) as {
      registrations: Registration[];
    };
    const expected = new Map<string, bigint>();
    for (const { id } of registrations) {
      const part = createHash('sha256').update(id).digest().readBigUInt64BE();
      expected.set(id.slice(0, 2), (expected.get(id.slice(0, 2)) ?? 0n) ^ part);
    }
    const digest = (await (await get('/registrations/digest?source=samenhang-record')).json()) as {
      outdated: number;
      buckets: { category: string; bucket: string; count: number; digest: string }[];
    };
    expect(digest.outdated).toBe(0);
    expect(new Map(digest.buckets.map((each) => [each.bucket, BigInt(`0x${each.digest}`)]))).toEqual(
      expected,
    );
    expect(await (await get('/registrations/digest?source=another')).json()).toMatchObject({ buckets: [] });
    expect((await get('/registrations/digest?source=a&source=b')).status).toBe(400);
  });
});

describe('wiping an organisation', () => {
  it('takes an announcement and its confirmation, and touches nobody else', async () => {
    await register('999990007');
    await register('999990007', pharmacy);
    const announced = await post('/registrations/wipe');
    expect(announced.status).toBe(202);
    const { confirmation, registrations } = (await announced.json()) as {
      confirmation: string;
      registrations: number;
    };
    expect(registrations).toBe(1);
    expect(await count('22222222')).toBe(1);
    expect((await post('/registrations/wipe/confirm', { confirmation, registrations: 2 })).status).toBe(409);
    expect(
      (await post('/registrations/wipe/confirm', { confirmation, registrations }, pharmacy)).status,
    ).toBe(409);
    expect((await post('/registrations/wipe/confirm', { confirmation: 'x', registrations })).status).toBe(
      409,
    );
    expect((await post('/registrations/wipe/confirm', {})).status).toBe(400);
    expect(await count('22222222')).toBe(1);
    const confirmed = await post('/registrations/wipe/confirm', { confirmation, registrations });
    expect(await confirmed.json()).toEqual({ withdrawn: 1 });
    expect((await post('/registrations/wipe/confirm', { confirmation, registrations })).status).toBe(409);
    expect([await count('22222222'), await count('44444444')]).toEqual([0, 1]);
    const trail = await auditTrail(index);
    expect(trail).toContain(Buffer.from('wipe the organisation').toString('base64'));
    expect(trail).not.toContain(confirmation);
  });

  it('is the work of who winds it up, when it stopped', async () => {
    await register('one');
    const mandated = { ...hospital, scope: 'nvi:purge' };
    expect((await post('/registrations/wipe', {}, mandated)).status).toBe(403);
    expect((await post('/registrations/purge')).status).toBe(403);
    const announced = await post('/registrations/purge', {}, mandated);
    expect(announced.status).toBe(202);
    const { confirmation, registrations } = (await announced.json()) as {
      confirmation: string;
      registrations: number;
    };
    const confirmed = await post('/registrations/purge/confirm', { confirmation, registrations }, mandated);
    expect(await confirmed.json()).toEqual({ withdrawn: 1 });
    expect(await count('22222222')).toBe(0);
  });

  it('needs the right to delete, and a confirmation that is not too old', async () => {
    const reader = { ...hospital, scope: 'nvi:read' };
    expect((await post('/registrations/wipe', {}, reader)).status).toBe(403);
    const { confirmation, registrations } = (await (await post('/registrations/wipe')).json()) as {
      confirmation: string;
      registrations: number;
    };
    await index.query('UPDATE wipe_request SET expires_at = now()');
    expect((await post('/registrations/wipe/confirm', { confirmation, registrations })).status).toBe(409);
  });
});

describe('a refused localisation', () => {
  const ask = async (person: string, claims: object) => {
    const { text } = await sealToken(index, person, { organisation: '11111111' });
    return search(index, { 'subject:identifier': subject(text) }, { ...professional, ...claims });
  };

  it.each([
    ['a role that may not', { user_role: '99.999' }],
    ['another purpose', { purpose_of_use: 'HMARKT' }],
    ['no treatment relation', { treatment_relation: undefined }],
  ])(
    'for %s is to the caller what an unknown patient is, and a denial in the trail',
    async (_name, claims) => {
      await register('999990007');
      const refused = await ask('999990007', claims);
      expect(await auditTrail(index)).toContain('decision-reason');
      const unknown = await ask('999911120', {});
      expect(refused.status).toBe(unknown.status);
      expect(await refused.json()).toEqual(await unknown.json());
      const shown = (response: Response) =>
        [...response.headers].filter(([name]) => !['date', 'traceparent', 'x-request-id'].includes(name));
      expect(shown(refused)).toEqual(shown(unknown));
    },
  );
});
