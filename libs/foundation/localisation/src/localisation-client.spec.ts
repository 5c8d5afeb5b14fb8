import { getUra } from '@samenhang/data-model';
import {
  decodeBase64,
  decodeElement,
  decodePseudonymToken,
  decodeScalar,
  derivePersonInput,
  elementOf,
  evaluate,
  generateKey,
  referenceIndexRecipient,
  unblind,
} from '@samenhang/oprf';
import { getBsn } from '@samenhang/patient-identity';
import { describe, expect, it } from 'vitest';
import { isTransient } from './answer.js';
import type { OutgoingRequest } from './authorised-access.js';
import { LocalisationClient } from './localisation-client.js';

const bsn = getBsn('999990007');
const custodian = getUra('22222222');
const key = generateKey();

interface Sent {
  readonly token: string;
  readonly url: string;
  readonly request: OutgoingRequest;
}

/** A client whose peers are functions: evaluation is real, only the JWE is left out. */
function client(index: (sent: Sent) => Response, evaluation?: () => Response) {
  const sent: Sent[] = [];
  const instance = new LocalisationClient<string, string>({
    pseudonymisationUrl: 'http://prs',
    referenceIndexUrl: 'http://index',
    tokens: {
      clientCredentials: async ({ audience, scope, organisation }) => `${audience} ${scope} ${organisation}`,
      exchange: async ({ audience, scope, subject }) => `${audience} ${scope} ${subject}`,
    },
    send: async (token, url, request) => {
      sent.push({ token, url, request });
      if (!url.startsWith('http://prs/oprf/eval')) return index({ token, url, request });
      return evaluation?.() ?? Response.json({ jwe: evaluatedBy(request) });
    },
  });
  return { instance, sent };
}

/** In place of the JWE: the evaluated elements themselves. */
function evaluatedBy(request: OutgoingRequest): string {
  const body = JSON.parse(request.body ?? '') as {
    encryptedPersonalId?: string;
    encryptedPersonalIds?: string[];
  };
  const points = body.encryptedPersonalIds ?? [body.encryptedPersonalId ?? ''];
  return points
    .map((point) => Buffer.from(evaluate(key, decodeElement(decodeBase64(point)))).toString('base64url'))
    .join(' ');
}

function pseudonymOf(token: string): string {
  const { evaluatedOutput, blindFactor } = decodePseudonymToken(token);
  return Buffer.from(unblind(blindFactor, decodeElement(decodeBase64(evaluatedOutput)))).toString('hex');
}

const person = { landCode: 'NL', type: 'BSN', value: bsn };
const pseudonym = Buffer.from(
  evaluate(key, elementOf(derivePersonInput(person, referenceIndexRecipient))),
).toString('hex');

describe('registration', () => {
  it('sends one conditional, repeatable transaction on behalf of the custodian', async () => {
    const { instance, sent } = client(() => Response.json({ resourceType: 'Bundle' }));
    await instance.change({
      bsn,
      custodian,
      sourceId: 'samenhang-record',
      register: ['Condition'],
      deregister: ['Encounter'],
    });
    expect(sent.map(({ token }) => token)).toEqual([
      'http://prs prs:evaluate 22222222',
      'http://index nvi:create nvi:delete 22222222',
    ]);
    const { entry } = JSON.parse(sent[1]?.request.body ?? '') as {
      entry: {
        request: { url: string; ifNoneExist?: string };
        resource?: { subject: { identifier: { value: string } } };
      }[];
    };
    expect(entry.map(({ request }) => request.url.slice(0, 24))).toEqual([
      'List?subject%3Aidentifie',
      'List',
    ]);
    expect(entry[1]?.request.ifNoneExist).not.toContain('subject');
    expect(pseudonymOf(entry[1]?.resource?.subject.identifier.value ?? '')).toBe(pseudonym);
  });

  it('blinds anew for each call and lets no BSN out', async () => {
    const { instance, sent } = client(() => Response.json({ resourceType: 'Bundle' }));
    const change = { bsn, custodian, category: 'Condition', sourceId: 'samenhang-record' } as const;
    await instance.register(change);
    await instance.register(change);
    expect(sent[0]?.request.body).not.toBe(sent[2]?.request.body);
    expect(JSON.stringify(sent)).not.toContain(bsn);
    expect(sent.every(({ url }) => url.length < 60)).toBe(true);
  });

  it('changes many patients with one evaluation and one request', async () => {
    const { instance, sent } = client(() => Response.json({ registered: 2 }));
    const other = getBsn('999911120');
    await instance.changeMany({
      custodian,
      sourceId: 'samenhang-record',
      patients: [
        { bsn, register: ['Condition'], deregister: ['Encounter'] },
        { bsn: other, register: ['Patient'], deregister: [] },
      ],
    });
    expect(sent.map(({ url }) => url)).toEqual([
      'http://prs/oprf/eval-batch',
      'http://index/registrations/batch',
    ]);
    const body = JSON.parse(sent[1]?.request.body ?? '') as {
      pseudonyms: string;
      oprf_keys: string[];
      changes: object[];
    };
    expect(body.changes).toEqual([
      { person: 0, category: 'Encounter', action: 'withdraw' },
      { person: 0, category: 'Condition', action: 'register' },
      { person: 1, category: 'Patient', action: 'register' },
    ]);
    const [first = ''] = body.pseudonyms.split(' ');
    const unblinded = unblind(
      decodeScalar(decodeBase64(body.oprf_keys[0] ?? '')),
      decodeElement(decodeBase64(first)),
    );
    expect(Buffer.from(unblinded).toString('hex')).toBe(pseudonym);
    expect(JSON.stringify(sent)).not.toMatch(/999990007|999911120/);
  });

  it.each([
    ['the index is down', 503, 'unavailable', true],
    ['the quota is used up', 429, 'too-many', true],
    ['the token is not accepted', 401, 'upstream', true],
    ['the index refuses', 403, 'forbidden', false],
    ['the index has it already', 409, 'conflict', false],
    ['the index does not accept what it holds', 422, 'invalid', false],
  ])('when %s', async (_name, status, kind, transient) => {
    const { instance } = client(() => new Response('{}', { status, headers: { 'retry-after': '7' } }));
    const failure: unknown = await instance
      .register({ bsn, custodian, category: 'Condition', sourceId: 's' })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'Failure', kind });
    expect(isTransient(failure)).toBe(transient);
  });

  it('says which service cannot be reached', async () => {
    const { instance } = client(
      () => Response.json({}),
      () => {
        throw new TypeError('fetch failed');
      },
    );
    await expect(
      instance.register({ bsn, custodian, category: 'Condition', sourceId: 's' }),
    ).rejects.toMatchObject({
      kind: 'unavailable',
      message: 'The pseudonymisation service cannot be reached',
    });
  });
});

describe('localisation', () => {
  const list = (ura: string, code: string) => ({
    resource: {
      resourceType: 'List',
      extension: [
        {
          url: 'http://minvws.github.io/generiekefuncties-docs/StructureDefinition/nl-gf-localization-custodian',
          valueReference: { identifier: { value: ura } },
        },
      ],
      code: {
        coding: [
          {
            system: 'http://minvws.github.io/generiekefuncties-docs/CodeSystem/nl-gf-data-categories-cs',
            code,
          },
        ],
      },
    },
  });
  const answer = (...entry: unknown[]) => Response.json({ resourceType: 'Bundle', type: 'searchset', entry });

  it('exchanges the professional’s token for both services and reads custodians and categories', async () => {
    const { instance, sent } = client(() =>
      answer(
        list('22222222', 'Condition'),
        list('22222222', 'Condition'),
        list('11111111', 'Patient'),
        list('11111111', 'Imaging'),
      ),
    );
    expect(await instance.localise({ bsn, identity: 'professional' })).toEqual([
      { custodian: '22222222', category: 'Condition' },
      { custodian: '11111111', category: 'Patient' },
    ]);
    expect(sent.map(({ token }) => token)).toEqual([
      'http://prs prs:evaluate professional',
      'http://index nvi:localize professional',
    ]);
    const token = new URLSearchParams(sent[1]?.request.body).get('subject:identifier')?.split('|')[1] ?? '';
    expect(pseudonymOf(token)).toBe(pseudonym);
  });

  it('gives nothing when nothing is registered', async () => {
    expect(await client(() => answer()).instance.localise({ bsn, identity: 'professional' })).toEqual([]);
  });

  it('refuses an answer that is no searchset rather than finding nothing in it', async () => {
    const { instance } = client(() => Response.json({ hello: 'world' }));
    await expect(instance.localise({ bsn, identity: 'professional' })).rejects.toMatchObject({
      kind: 'upstream',
    });
  });
});
