import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hospital, RunningIngest } from './running-ingest.js';

const sources = `/tenants/${hospital}/sources`;
const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn';

const table = {
  patient: { identifiers: [{ column: 'bsn', system: bsn }, { column: 'patnr' }] },
  resources: [
    {
      resourceType: 'Condition',
      key: ['nummer'],
      elements: { 'code.text': { column: 'diagnose', as: 'text' } },
    },
  ],
};

const document = (id: string, patient = 'p1'): string =>
  `<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2.3" extension="${id}"/>` +
  `<recordTarget><patientRole><id root="2.16.840.1.113883.2.4.6.3" extension="900186021"/><id root="1.2.4" extension="${patient}"/></patientRole></recordTarget>` +
  '<component><structuredBody/></component></ClinicalDocument>';

describe('feeds besides HL7 v2', () => {
  let ingest: RunningIngest;
  beforeAll(async () => {
    ingest = await RunningIngest.start();
  });
  afterAll(() => ingest.stop());

  type Answer = { status: number; body: Record<string, unknown> };
  const until = async <T>(find: () => Promise<T | undefined>): Promise<T> => {
    for (let tries = 0; tries < 200; tries++) {
      const found = await find();
      if (found !== undefined) return found;
      await wait(50);
    }
    throw new Error('it did not come to that');
  };
  const contents = async (source: string): Promise<string[]> =>
    (await ingest.events())
      .filter((event) => event['sourceId'] === source)
      .map((event) => Buffer.from(String(event['content']), 'base64').toString());

  describe('FHIR batches, transactions and STU3', () => {
    const push = (body: object, source = 'ais'): Promise<Answer> =>
      ingest.request('POST', `${sources}/${source}/fhir`, {
        body: JSON.stringify(body),
        type: 'application/fhir+json',
      });
    const condition = (id: string, patient: string): object => ({
      resource: {
        resourceType: 'Condition',
        id,
        code: { text: 'x' },
        subject: { reference: `Patient/${patient}` },
      },
      request: { method: 'PUT', url: `Condition/${id}` },
    });
    beforeAll(async () => {
      await ingest.declare('ais', { kind: 'fhir-push' });
      await ingest.declare('old', { kind: 'fhir-push', fhirVersion: 'stu3' });
    });

    it('have an answer for each entry, and of a batch the good ones are taken', async () => {
      const invalid = {
        resource: { resourceType: 'Patient', birthDate: 'x' },
        request: { method: 'PUT', url: 'Patient/x' },
      };
      const entry = [condition('c1', 'a'), invalid, condition('c2', 'b')];
      const batch = await push({ resourceType: 'Bundle', type: 'batch', entry });
      expect(batch.status).toBe(202);
      expect(batch.body).toMatchObject({
        type: 'batch-response',
        entry: [
          { response: { status: '202 Accepted' } },
          {
            response: {
              status: '422 Unprocessable Entity',
              outcome: { issue: [{ expression: ['Bundle.entry[1].resource.birthDate'] }] },
            },
          },
          { response: { status: '202 Accepted' } },
        ],
      });
      expect(await contents('ais')).toHaveLength(2);
      const transaction = await push({ resourceType: 'Bundle', type: 'transaction', entry });
      expect(transaction.status).toBe(422);
      expect(await contents('ais')).toHaveLength(2);
      const good = await push({ resourceType: 'Bundle', type: 'transaction', entry: [condition('c3', 'a')] });
      expect(good.body).toMatchObject({
        type: 'transaction-response',
        entry: [{ response: { status: '202 Accepted' } }],
      });
    });

    it('keep what a conditional request says', async () => {
      const request = { method: 'PUT', url: 'Condition?identifier=https://a.example/c|7' };
      const resource = {
        resourceType: 'Condition',
        identifier: [{ system: 'https://a.example/c', value: '7' }],
        code: { text: 'x' },
        subject: { reference: 'Patient/a' },
      };
      await push({ resourceType: 'Bundle', type: 'transaction', entry: [{ resource, request }] });
      expect((await contents('ais')).at(-1)).toContain(request.url);
    });

    it('are handed on as STU3 where the source speaks it', async () => {
      const referral = { resourceType: 'ReferralRequest', id: 'r', subject: { reference: 'Patient/a' } };
      expect((await push(referral, 'old')).status).toBe(202);
      expect((await ingest.events()).at(-1)).toMatchObject({ format: 'fhir-stu3', sourceId: 'old' });
      expect((await push({ nothing: true }, 'old')).status).toBe(422);
    });
  });

  describe('NDJSON streams', () => {
    const line = (number: number): string =>
      JSON.stringify({ resourceType: 'Patient', id: `s${String(number)}`, gender: 'female' });
    const lines = (count: number): string =>
      Array.from({ length: count }, (_, index) => line(index)).join('\n');
    const send = (body: string, key?: string): Promise<Answer> =>
      ingest.request('POST', `${sources}/stream/fhir`, {
        body,
        type: 'application/fhir+ndjson',
        ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
      });
    /** As a sender does: 503 means later. */
    const sendUntilTaken = (body: string, key: string): Promise<Answer> =>
      until(async () => {
        const answer = await send(body, key);
        return answer.status === 503 ? undefined : answer;
      });
    beforeAll(() => ingest.declare('stream', { kind: 'fhir-push' }));

    it('go on where they broke off when they have a key, and take nothing twice', async () => {
      const broken = Readable.from(
        (async function* () {
          yield Buffer.from(`${lines(1200)}\n`);
          // The first chunk is committed before the connection breaks.
          await until(async () => ((await contents('stream')).length >= 500 ? true : undefined));
          throw new Error('the connection breaks');
        })(),
      );
      const interrupted = ingest.issuer.fetch(
        `${ingest.url}${sources}/stream/fhir`,
        { scope: 'ingest:write', organization_ura: hospital },
        {
          method: 'POST',
          headers: { 'content-type': 'application/fhir+ndjson', 'idempotency-key': 'load-1' },
          body: broken as unknown as ReadableStream,
          duplex: 'half',
        } as RequestInit,
      );
      await expect(interrupted).rejects.toThrow();
      const taken = (await contents('stream')).length;
      expect(taken).toBeGreaterThanOrEqual(500);
      expect(taken).toBeLessThan(1300);
      const again = await sendUntilTaken(lines(1300), 'load-1');
      expect(again.status).toBe(202);
      expect(JSON.stringify(again.body)).toContain('1300 lines; messages: 1300 stored');
      expect((await contents('stream')).length).toBe(1300);
    });

    it('are taken in once when they come twice at the same time', async () => {
      const before = (await contents('stream')).length;
      const twins = Array.from({ length: 900 }, (_, index) => line(20_000 + index)).join('\n');
      const answers = await Promise.all([
        send(twins, 'load-2'),
        send(twins, 'load-2'),
        send(twins, 'load-2'),
      ]);
      expect(answers.some(({ status }) => status === 202)).toBe(true);
      for (const { status } of answers) expect([202, 409, 503]).toContain(status);
      expect((await sendUntilTaken(twins, 'load-2')).status).toBe(202);
      expect((await contents('stream')).length).toBe(before + 900);
    });

    it('are the same when they are sent again whole, and another stream needs another key', async () => {
      const before = (await contents('stream')).length;
      const again = await send(lines(1300), 'load-1');
      expect(again.status).toBe(202);
      expect((await contents('stream')).length).toBe(before);
      expect((await send(`${line(9999)}\n${lines(1300)}`, 'load-1')).status).toBe(409);
      expect((await send(lines(1301), 'load-1')).status).toBe(409);
      expect((await send(lines(2), 'load-1')).status).toBe(409);
    });
  });

  describe('CDA documents', () => {
    const push = (body: string, type = 'application/hl7-cda+xml'): Promise<Answer> =>
      ingest.request('POST', `${sources}/epd/documents`, { body, type });
    beforeAll(() => ingest.declare('epd', { kind: 'cda' }));

    it('are stored as they came, once, and ordered by the number of their patient', async () => {
      const { status, body } = await push(document('d1'));
      expect(status).toBe(202);
      expect((await push(document('d1'), 'text/xml')).body).toEqual({ ...body, isDuplicate: true });
      await push(document('d2'));
      await push(document('d3', 'p2'));
      const events = (await ingest.events()).filter(({ sourceId }) => sourceId === 'epd');
      expect(events.map(({ format }) => format)).toEqual(['cda', 'cda', 'cda']);
      expect(events[0]?.['key']).toBe(events[1]?.['key']);
      expect(events[0]?.['key']).not.toBe(events[2]?.['key']);
      expect((await contents('epd'))[0]).toBe(document('d1'));
    });

    it('are refused when they are dangerous or no documents', async () => {
      const before = (await contents('epd')).length;
      const entity = document('x').replace('?>', '?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>');
      const deep = document('x').replace('<structuredBody/>', '<a>'.repeat(200) + '</a>'.repeat(200));
      for (const bad of [
        entity,
        deep,
        '<ClinicalDocument/>',
        '<a',
        document('x').replace(/<id root="1.2.3"[^>]*>/, ''),
      ])
        expect((await push(bad)).status).toBe(422);
      expect((await push('{}', 'application/json')).status).toBe(415);
      expect(await contents('epd')).toHaveLength(before);
    });
  });

  describe('files', () => {
    const folder = (source: string): string => join(ingest.drops, hospital, source);
    const delivery = (name: string, source = 'lab'): Promise<Record<string, unknown>> =>
      until(async () => {
        const { body } = await ingest.request('GET', `${sources}/${source}/deliveries`);
        const found = (body['deliveries'] as Record<string, unknown>[]).find((one) => one['name'] === name);
        return found?.['state'] === 'reading' ? undefined : found;
      });
    const drop = (name: string, content: string | Buffer, source = 'lab'): void => {
      writeFileSync(join(folder(source), `${name}.part`), content);
      renameSync(join(folder(source), `${name}.part`), join(folder(source), name));
    };
    const csv = 'bsn;patnr;nummer;diagnose\n900186021;1;a;"Diabetes; type 2"\n;2;b;Astma\n';

    beforeAll(async () => {
      const file = { format: 'csv', delimiter: ';', encoding: 'windows-1252' };
      const declared = { kind: 'table', file, table, drop: { complete: 'stable', intervalSeconds: 1 } };
      expect((await ingest.declare('lab', declared)).status).toBe(201);
      expect(
        (
          await ingest.declare('marked', {
            kind: 'fhir-push',
            drop: { complete: 'marker', intervalSeconds: 1 },
          })
        ).status,
      ).toBe(201);
    });

    it('become a message for each row, with a receipt, and are moved away', async () => {
      drop('first.csv', csv);
      expect(await delivery('first.csv')).toMatchObject({
        state: 'done',
        readRecords: 2,
        accepted: 2,
        refused: 0,
      });
      expect((await contents('lab')).map((row) => JSON.parse(row) as object)).toEqual([
        { bsn: '900186021', patnr: '1', nummer: 'a', diagnose: 'Diabetes; type 2' },
        { bsn: '', patnr: '2', nummer: 'b', diagnose: 'Astma' },
      ]);
      const event = (await ingest.events()).find(({ sourceId }) => sourceId === 'lab');
      expect(event).toMatchObject({ format: 'table-row', settings: { table } });
      await until(() => Promise.resolve(existsSync(join(folder('lab'), 'first.csv')) ? undefined : true));
      expect(readdirSync(join(folder('lab'), 'done'))[0]).toMatch(/first\.csv$/);
    });

    it('have rows that cannot be read in quarantine with their line, and the others taken', async () => {
      drop('second.csv', `${csv};3;c\n;4;"d;Jicht\n`);
      const receipt = await delivery('second.csv');
      expect(receipt).toMatchObject({ state: 'done', refused: 2 });
      const entries = (await ingest.request('GET', '/quarantine')).body['entries'] as {
        location: string;
        sourceId: string;
      }[];
      expect(
        entries
          .filter(({ sourceId }) => sourceId === 'lab')
          .map(({ location }) => location)
          .sort(),
      ).toEqual(['line 4', 'line 5']);
    });

    it('say nothing new when the same file comes again, and fail whole when they have no usable header', async () => {
      drop('third.csv', 'bsn;patnr;nummer;diagnose\n;9;z;Reuma\n');
      await delivery('third.csv');
      const before = (await contents('lab')).length;
      drop('copy.csv', 'bsn;patnr;nummer;diagnose\n;9;z;Reuma\n');
      expect(await delivery('copy.csv')).toMatchObject({ state: 'duplicate' });
      const quality = await ingest.request('GET', `${sources}/lab/quality`);
      expect(quality.body['retransmissions']).toMatchObject({ files: 1 });
      drop('bad.csv', 'a;a\n1;2\n');
      expect(await delivery('bad.csv')).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('same name') as string,
      });
      expect(await contents('lab')).toHaveLength(before);
    });

    it('are read in their own encoding, and uploaded over HTTP too', async () => {
      const upload = await ingest.request('PUT', `${sources}/lab/files/upload.csv`, {
        body: 'bsn;patnr;nummer;diagnose\n;5;e;Caf\xe9\n',
        type: 'text/csv',
        latin1: true,
      });
      expect(upload.status).toBe(202);
      expect(await delivery('upload.csv')).toMatchObject({ state: 'done', accepted: 1 });
      expect((await contents('lab')).at(-1)).toContain('Café');
      const path = await ingest.request('PUT', `${sources}/lab/files/..%2Fescape`, {
        body: 'x',
        type: 'text/csv',
      });
      expect(path.status).toBe(400);
    });

    it('go on after a stop in the middle without doubles', async () => {
      const rows = Array.from({ length: 1200 }, (_, index) => `;${String(index)};k${String(index)};x`);
      const before = (await contents('lab')).length;
      await ingest.request('POST', `${sources}/lab/pause`);
      drop('large.csv', `bsn;patnr;nummer;diagnose\n${rows.join('\n')}\n`);
      await ingest.request('POST', `${sources}/lab/resume`);
      await until(async () => {
        const [row] = await ingest.query<{ read: string }>(
          `SELECT read_records AS read FROM ingest.delivery WHERE name = 'large.csv' AND read_records > 0`,
        );
        return row;
      });
      await ingest.restart();
      expect(await delivery('large.csv')).toMatchObject({ state: 'done', readRecords: 1200, accepted: 1200 });
      expect(await contents('lab')).toHaveLength(before + 1200);
    });

    it('wait for their marker, and hold FHIR as NDJSON too', async () => {
      const text = `${JSON.stringify({ resourceType: 'Patient', id: 'm1' })}\n{broken\n`;
      writeFileSync(join(folder('marked'), 'patients.ndjson'), text);
      await wait(2500);
      expect(await contents('marked')).toHaveLength(0);
      writeFileSync(join(folder('marked'), 'patients.ndjson.done'), '');
      expect(await delivery('patients.ndjson', 'marked')).toMatchObject({
        state: 'done',
        accepted: 1,
        refused: 1,
      });
      mkdirSync(join(folder('marked'), 'a-folder.ndjson'));
    });
  });
});
