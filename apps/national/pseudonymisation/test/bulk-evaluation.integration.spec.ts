import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { PseudonymEvaluated } from '@samenhang/data-model';
import {
  blind,
  decodeBase64,
  decodeElement,
  derivePersonInput,
  readBulkAnswer,
  toBulkEvent,
  unblind,
  type BulkEvaluationRequest,
} from '@samenhang/oprf';
import { compactDecrypt, decodeJwt, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { nvi, startPseudonymisation, type RunningPseudonymisation } from './running-service.js';

const pseudonym = '960853bc403be4701fc16e9a350399170cab5a34efb4318f1b94fc2ca490cc47';
const input = derivePersonInput({ landCode: 'NL', type: 'BSN', value: '999990007' }, nvi);

let service: RunningPseudonymisation;
beforeAll(async () => {
  service = await startPseudonymisation({ BATCH_SIZE: '20', ORGANISATION_QUOTA_PER_DAY: '60' });
});
afterAll(() => service.stop());
beforeEach(() => service.query('TRUNCATE evaluation_usage'));

const points = (count: number) => Array.from({ length: count }, () => blind(input));

function requestOf(changes: Partial<BulkEvaluationRequest> = {}): BulkEvaluationRequest {
  return {
    requestId: randomUUID(),
    clientId: 'registrar',
    audience: service.url,
    organisation: '22222222',
    recipient: nvi,
    blindedInputs: points(2).map(({ blindedElement }) => blindedElement),
    ...changes,
  };
}

async function send(payload: { requestId: string; request: string }): Promise<void> {
  await service.publish({
    type: 'pseudonym.evaluation-requested',
    key: payload.requestId,
    tenant: null,
    payload,
  });
}

async function answersTo(requestId: string, count = 1): Promise<PseudonymEvaluated[]> {
  return vi.waitFor(
    async () => {
      const rows = await service.query<{ payload: string }>(
        `SELECT payload FROM event_log.event WHERE type = 'pseudonym.evaluated' AND key = '${requestId}' ORDER BY position`,
      );
      expect(rows.length).toBeGreaterThanOrEqual(count);
      return rows.map(({ payload }) => JSON.parse(payload) as PseudonymEvaluated);
    },
    { timeout: 10_000, interval: 30 },
  );
}

async function ask(changes: Partial<BulkEvaluationRequest> = {}, key: object = service.clientKey) {
  const request = requestOf(changes);
  await send(toBulkEvent(request, key));
  const [answer] = await answersTo(request.requestId);
  return answer;
}

async function audited(): Promise<string> {
  const rows = await service.query<{ payload: string }>(
    `SELECT payload FROM event_log.event WHERE type = 'audit.recorded'`,
  );
  return rows.map(({ payload }) => payload).join('\n');
}

describe('evaluation over the event log', () => {
  it('gives one sealed token an input, in order, each for one use and bound to the requester', async () => {
    const blinded = points(5);
    const answer = await ask({ blindedInputs: blinded.map(({ blindedElement }) => blindedElement) });
    const read = readBulkAnswer(answer ?? { outcome: '', tokens: [] }, 5);
    const tokens = read.outcome === 'evaluated' ? read.tokens : [];
    const uses = new Set<unknown>();
    for (const [index, token] of tokens.entries()) {
      const { plaintext } = await compactDecrypt(token, service.recipientKey);
      const claims = decodeJwt(new TextDecoder().decode(plaintext));
      const element = decodeElement(
        decodeBase64((claims['subject'] as string).replace('pseudonym:eval:', '')),
      );
      const factor = blinded[index]?.blindFactor;
      if (factor === undefined) throw new Error('One token too many');
      expect(Buffer.from(unblind(factor, element)).toString('hex')).toBe(pseudonym);
      expect(claims).toMatchObject({
        aud: nvi.organisation,
        requester: { organization_ura: '22222222', client_id: 'registrar' },
      });
      expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3600);
      uses.add(claims.jti);
    }
    expect(uses.size).toBe(5);
    expect(await audited()).toContain('registrar');
  });

  it('keeps neither input nor output but in the answer', async () => {
    const blinded = points(1);
    const request = requestOf({ blindedInputs: blinded.map(({ blindedElement }) => blindedElement) });
    await send(toBulkEvent(request, service.clientKey));
    const [answer] = await answersTo(request.requestId);
    const rows = await service.query<{ text: string }>('SELECT b::text AS text FROM bulk_request AS b');
    const kept = `${await audited()}${rows.map(({ text }) => text).join()}`;
    expect(kept).not.toContain(answer?.tokens[0]);
    expect(kept).not.toContain(Buffer.from(blinded[0]?.blindedElement ?? []).toString('base64url'));
  });

  it('is counted against the quotas, and refused beyond them', async () => {
    const many = points(20).map(({ blindedElement }) => blindedElement);
    const answers = [];
    for (let round = 0; round < 4; round += 1) answers.push(await ask({ blindedInputs: many }));
    expect(answers.map((answer) => answer?.reason)).toEqual([undefined, undefined, undefined, 'quota']);
    expect(await ask({ organisation: '44444444', blindedInputs: many })).toMatchObject({
      outcome: 'evaluated',
    });
  });

  it('answers a request once: the same one again is a replay', async () => {
    const payload = toBulkEvent(requestOf(), service.clientKey);
    await send(payload);
    await answersTo(payload.requestId);
    await send(payload);
    const answers = await answersTo(payload.requestId, 2);
    expect(answers.map(({ outcome, reason }) => reason ?? outcome)).toEqual(['evaluated', 'replayed']);
    expect(answers[1]?.tokens).toEqual([]);
    expect(await audited()).toContain('replayed');
  });

  it('is answered again, yet counted and audited once, when the answer could not be written at first', async () => {
    await service.query('TRUNCATE event_log.event');
    await service.query(`
      CREATE FUNCTION event_log.fail() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'as in a restart' USING ERRCODE = '57P01'; END $$;
      CREATE TRIGGER fail BEFORE INSERT ON event_log.event FOR EACH ROW
        WHEN (NEW.type = 'pseudonym.evaluated') EXECUTE FUNCTION event_log.fail()`);
    const payload = toBulkEvent(requestOf(), service.clientKey);
    await send(payload);
    await vi.waitFor(async () => expect(await audited()).toContain('registrar'), { timeout: 10_000 });
    await delay(100);
    await service.query('DROP TRIGGER fail ON event_log.event; DROP FUNCTION event_log.fail');
    const answers = await answersTo(payload.requestId);
    expect(answers.map(({ outcome }) => outcome)).toEqual(['evaluated']);
    const used = await service.query<{ used: number }>(
      `SELECT used FROM evaluation_usage WHERE subject = 'client:registrar'`,
    );
    expect(used).toEqual([{ used: 2 }]);
    expect((await audited()).split('\n')).toHaveLength(1);
  });

  it.each<[string, () => Partial<BulkEvaluationRequest>, string]>([
    ['a client nobody registered', () => ({ clientId: 'stranger' }), 'unknown-client'],
    ['another service', () => ({ audience: 'https://elsewhere.example' }), 'signature'],
    ['an organisation the client may not act for', () => ({ organisation: '33333333' }), 'organisation'],
    ['no organisation', () => ({ organisation: 'x' }), 'malformed'],
    [
      'an unknown recipient',
      () => ({ recipient: { organisation: 'oin:00000000000000000000', scope: 'nvi' } }),
      'unknown-recipient',
    ],
    ['a lifetime beyond all bounds', () => ({ lifetimeSeconds: 30 * 86_400 }), 'malformed'],
    ['an end that has passed', () => ({ lifetimeSeconds: -60 }), 'expired'],
    [
      'too many inputs',
      () => ({ blindedInputs: points(21).map((each) => each.blindedElement) }),
      'too-large',
    ],
    ['no input', () => ({ blindedInputs: [] }), 'malformed'],
    [
      'an input that is no element',
      () => ({ blindedInputs: [new Uint8Array(32) as BulkEvaluationRequest['blindedInputs'][0]] }),
      'malformed',
    ],
    ['the recipient itself', () => ({ clientId: 'reference-index' }), 'evaluation-for-oneself'],
  ])('is refused for %s, and audited', async (_name, changes, reason) => {
    await service.query(`TRUNCATE event_log.event`);
    expect(await ask(changes())).toMatchObject({ outcome: 'refused', tokens: [], reason });
    expect(await audited()).toContain(reason);
  });

  it('is refused with a signature by another key, under another name, or of another kind of token', async () => {
    const other = await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey);
    expect(await ask({}, other)).toMatchObject({ reason: 'signature' });

    const renamed = toBulkEvent(requestOf(), service.clientKey);
    const requestId = randomUUID();
    await send({ requestId, request: renamed.request });
    expect((await answersTo(requestId))[0]).toMatchObject({ reason: 'malformed' });

    const assertion = await new SignJWT({ organisation: '22222222' })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer('registrar')
      .setAudience(service.url)
      .setJti('assertion')
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(await importJWK(service.clientKey, 'ES256'));
    await send({ requestId: 'assertion', request: assertion });
    expect((await answersTo('assertion'))[0]).toMatchObject({ reason: 'signature' });

    await send({ requestId: 'noise', request: 'not a token' });
    expect((await answersTo('noise'))[0]).toMatchObject({ reason: 'malformed' });
  });
});
