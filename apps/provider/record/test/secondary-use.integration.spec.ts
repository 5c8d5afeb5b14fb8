import { createClientKey } from '@samenhang/identity';
import { getBsn } from '@samenhang/patient-identity';
import type { RecordChange } from '@samenhang/data-model';
import type { PermitTerms } from '@samenhang/secondary-use';
import { runService } from '@samenhang/service-kit';
import { freePort } from '@samenhang/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordService } from '../src/index.js';
import { hospital, message, patient, pharmacy, put, type MessageParts } from './record-builders.js';
import { ResearchTrust } from './research-trust.js';
import { RunningRecord } from './running-record.js';

const A = getBsn('900186021');
const B = getBsn('999901370');
const SNOMED = 'http://snomed.info/sct';
const caller = { client_id: 'secondary-use-api', scope: 'secondary:run' };

const terms: PermitTerms = {
  permitId: '0f8c1f6e-2f5c-4d6e-9a52-6d6a4f8b7c11',
  purpose: 'scientific-research',
  datasets: [
    { type: 'Patient', elements: ['gender', 'birthDate', 'address'] },
    { type: 'Observation', elements: ['status', 'code', 'effectiveDateTime', 'valueQuantity'] },
  ],
  period: { from: '2026-01-01', until: '2027-01-01' },
  dates: 'month',
  recipient: { organisation: 'oin:00000099000000002000', scope: 'project-1' },
  secret: Buffer.alloc(32, 3).toString('base64url'),
};

const measurements = {
  resource: 'Observation',
  select: [
    {
      column: [
        { name: 'patient', path: 'subject.getReferenceKey(Patient)' },
        { name: 'code', path: 'code.coding.code.first()' },
        { name: 'moment', path: 'effective.ofType(dateTime)' },
        { name: 'value', path: 'value.ofType(Quantity).value' },
      ],
    },
  ],
};

let record: RunningRecord;
let research: ResearchTrust;
let base: string;

beforeAll(async () => {
  research = await ResearchTrust.start();
  record = await RunningRecord.start(`${hospital}:V4,${pharmacy}:A1`, {
    variables: {
      PSEUDONYMISATION_URL: research.url,
      CONSENT_REGISTER_URL: research.url,
      SECONDARY_USE_MAXIMUM_ROWS: '5000',
    },
    secrets: { 'permit-authority': research.authority },
  });
  base = `${record.url}/tenants/${hospital}/fhir`;
  await feed({ position: 1, changes: [person('pa', A), measured('o1', 'pa', 4.1), measured('o2', 'pa', 5)] });
  await feed({ position: 2, changes: [person('pb', B), measured('o3', 'pb', 9), diabetes('c1', 'pb')] });
  await feed({ position: 3, changes: [patient('pc', null), measured('o4', 'pc', 7)] });
  await feed({
    position: 4,
    changes: [measured('o5', 'pa', 3, '2024-05-05'), measured('o6', 'pb', 8, null)],
  });
  await feed({ position: 1, tenant: pharmacy, changes: [person('pa', A), measured('o9', 'pa', 6)] });
  await vi.waitFor(
    async () => {
      const { counts } = (await (await fetch(`${record.url}/status`)).json()) as { counts: unknown };
      expect(counts).toMatchObject({ resources: 12 });
    },
    { timeout: 60_000, interval: 100 },
  );
}, 120_000);
afterAll(async () => {
  await record?.stop();
  await research?.close();
});
beforeEach(() => {
  research.isRegisterDown = false;
});

async function feed(parts: MessageParts): Promise<void> {
  const { type, key, tenant, payload } = message(parts);
  await record.log.publish({ type, key, tenant, payload });
}

function person(id: string, bsn: string): RecordChange {
  const change = patient(id, bsn, 'Kanariegeel', '1931-05-06');
  if (change.action !== 'put') return change;
  const body = JSON.parse(change.body) as object;
  const address = [
    { line: ['Kanariestraat 1'], city: 'Kanariedorp', postalCode: '3511 AB', text: 'Kanarie' },
  ];
  return { ...change, body: JSON.stringify({ ...body, gender: 'female', address }) };
}

function measured(
  id: string,
  patientId: string,
  value: number,
  date: string | null = '2026-11-20T08:00:00+01:00',
) {
  const local = { system: 'https://kanarie.example/codes', code: 'KANARIE', display: 'Kanarie' };
  const loinc = { system: 'http://loinc.org', code: '2823-3', display: 'Kanarie' };
  return put(
    {
      resourceType: 'Observation',
      id,
      status: 'final',
      identifier: [{ system: 'https://kanarie.example', value: 'kanarie' }],
      code: { text: 'Kanarie', coding: [local, loinc, { system: SNOMED, code: '59573005' }] },
      subject: { reference: `Patient/${patientId}`, display: 'Kanarie' },
      performer: [{ reference: 'Organization/kanarie', display: 'Kanarie' }],
      ...(date === null ? {} : { effectiveDateTime: date }),
      valueQuantity: { value, unit: 'kanarie', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
      note: [{ text: 'Kanarie' }],
    },
    patientId,
  );
}

function diabetes(id: string, patientId: string): RecordChange {
  const code = { coding: [{ system: SNOMED, code: '44054006' }] };
  return put(
    { resourceType: 'Condition', id, code, subject: { reference: `Patient/${patientId}` } },
    patientId,
  );
}

async function ask(
  view: unknown,
  permit: PermitTerms = terms,
  options: { at?: string; claims?: object } = {},
) {
  const at = options.at ?? base;
  const body = await research.question(view, permit, at);
  return post(body, at, { ...caller, ...options.claims });
}

async function post(
  body: string,
  at = base,
  claims: object = caller,
): Promise<{ status: number; text: string }> {
  const answer = await record.trust.fetch(
    `${at}/ViewDefinition/$run`,
    at,
    { ...claims },
    {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body,
    },
  );
  return { status: answer.status, text: await answer.text() };
}

async function rowsOf(view: unknown, permit?: PermitTerms, at?: string): Promise<unknown[][]> {
  const { status, text } = await ask(view, permit, at === undefined ? {} : { at });
  expect(status, text).toBe(200);
  const { rows, isComplete } = research.read(text);
  expect(isComplete, text).toBe(true);
  return rows;
}

interface Audited {
  readonly auditEvent: { outcome: string; outcomeDesc?: string; entity?: { query?: string }[] };
}
async function trail(): Promise<{ outcome: string; reasons: string; queries: string[] }[]> {
  const events = await record.log.payloads<Audited>('audit.recorded');
  return events.map(({ auditEvent: { outcome, outcomeDesc = '', entity = [] } }) => ({
    outcome,
    reasons: outcomeDesc,
    queries: entity.map(({ query = '' }) => Buffer.from(query, 'base64').toString()),
  }));
}

describe('A view for secondary use', () => {
  it('gives facts of the period with codes, generalised dates and pseudonyms', async () => {
    const rows = await rowsOf(measurements);
    expect(rows.map(([, ...facts]) => facts).sort()).toEqual([
      ['2823-3', '2026-11', 4.1],
      ['2823-3', '2026-11', 5],
      ['2823-3', '2026-11', 9],
    ]);
    expect(new Set(rows.map(([who]) => who)).size).toBe(2);
  });

  it('calls a person the same at every holder and in every answer of one project', async () => {
    const atHospital = await rowsOf(measurements);
    const atPharmacy = await rowsOf(measurements, terms, `${record.url}/tenants/${pharmacy}/fhir`);
    const who = atHospital.find(([, , , value]) => value === 4.1)?.[0];
    expect(atPharmacy.map(([name]) => name)).toEqual([who]);
    expect((await ask(measurements)).text).not.toContain(String(who));
  });

  it('lets nothing out that says who it is', async () => {
    const everything = {
      resource: 'Observation',
      select: [{ column: [{ name: 'all', path: '$this', type: 'Observation' }] }],
    };
    const whole = await ask(everything);
    const people = await ask({
      resource: 'Patient',
      select: [{ column: [{ name: 'all', path: '$this', type: 'Patient' }] }],
    });
    for (const { status, text } of [whole, people]) {
      expect(status, text).toBe(200);
      expect(text.toLowerCase()).not.toContain('kanarie');
      expect(text).not.toMatch(/900186021|999901370|Patient\/p[ab]|3511|1931|"o1"/);
    }
    expect(whole.text).toContain('mmol/L');
    expect(people.text).toContain('"postalCode": "35"');
    expect(people.text).toContain('"birthDate": "1936"');
  });

  it('leaves out who objects, from the next answer on, and whoever cannot be asked about', async () => {
    expect(await rowsOf(measurements)).toHaveLength(3);
    research.setObjection(A, true);
    expect((await rowsOf(measurements)).map(([, , , value]) => value)).toEqual([9]);
    research.setObjection(A, false);
    expect(await rowsOf(measurements)).toHaveLength(3);
  });

  it('gives nothing while it is not known who objects', async () => {
    research.isRegisterDown = true;
    const { status, text } = await ask(measurements);
    expect(status).toBe(503);
    expect(text).not.toContain('mmol/L');
  });

  it('lets go of everything when the pseudonyms cannot be had, however often', async () => {
    research.knowsProject = false;
    for (let attempt = 0; attempt < 12; attempt++)
      await expect(
        ask(measurements).then(
          ({ text }) => research.read(text).isComplete,
          () => false,
        ),
      ).resolves.toBe(false);
    research.knowsProject = true;
    expect(await rowsOf(measurements)).toHaveLength(3);
  });

  it('keeps to the population of the permit', async () => {
    const population = { system: SNOMED, code: '44054006' };
    expect((await rowsOf(measurements, { ...terms, population })).map(([, , , value]) => value)).toEqual([9]);
  });

  it('moves all dates of a person by the same days, and keeps their order', async () => {
    const shifted = await rowsOf(measurements, { ...terms, dates: 'shifted' });
    const ofA = shifted.filter(([, , , value]) => value === 4.1 || value === 5).map(([, , moment]) => moment);
    expect(new Set(ofA).size).toBe(1);
    expect(ofA[0]).toMatch(/^202[67]-\d\d-\d\d$/);
    expect(ofA[0]).not.toBe('2026-11-20');
  });

  it('is audited with its permit, also when refused', async () => {
    const before = (await trail()).length;
    await rowsOf(measurements);
    await ask({ ...measurements, resource: 'Condition', select: [{ column: [{ name: 'id', path: 'id' }] }] });
    const [given, refused] = (await trail()).slice(before);
    expect(given?.outcome).toBe('0');
    expect(given?.queries.join()).toContain(`permit=${terms.permitId}`);
    expect(refused?.outcome).not.toBe('0');
    expect(refused?.queries.join()).toContain(`permit=${terms.permitId}`);
    expect(refused?.reasons).toContain('secondary_use_forbidden');
  });
});

describe('What a permit does not give', () => {
  it('is refused: another type of resource, no scope, no permit, another authority, another holder, another view', async () => {
    const ofConditions = {
      ...measurements,
      resource: 'Condition',
      select: [{ column: [{ name: 'id', path: 'id' }] }],
    };
    expect((await ask(ofConditions)).status).toBe(403);
    expect((await ask(measurements, terms, { claims: { scope: 'holder:read' } })).status).toBe(403);
    const unsigned = JSON.stringify({
      resourceType: 'Parameters',
      parameter: [
        { name: 'viewResource', resource: measurements },
        { name: 'permit', valueString: 'none' },
      ],
    });
    expect((await post(unsigned)).status).toBe(403);
    const forged = await research.question(measurements, terms, base, await createClientKey());
    expect((await post(forged)).status).toBe(403);
    const elsewhere = await research.question(measurements, terms, `${record.url}/tenants/${pharmacy}/fhir`);
    expect((await post(elsewhere)).status).toBe(403);
    const exchanged = JSON.parse(await research.question(measurements, terms, base)) as {
      parameter: { name: string; resource?: object }[];
    };
    for (const each of exchanged.parameter)
      if (each.name === 'viewResource') each.resource = { ...measurements, where: [] };
    expect((await post(JSON.stringify(exchanged))).status).toBe(403);
  });

  it('stays empty: elements that exist and are not in it', async () => {
    const view = {
      resource: 'Observation',
      select: [
        {
          column: [
            { name: 'identifier', path: 'identifier.value.first()' },
            { name: 'performer', path: 'performer.reference.first()' },
            { name: 'note', path: 'note.text.first()' },
            { name: 'display', path: 'code.coding.display.first()' },
            { name: 'unit', path: 'value.ofType(Quantity).unit' },
            { name: 'version', path: 'meta.versionId' },
          ],
        },
      ],
    };
    const rows = await rowsOf(view);
    expect(rows).toHaveLength(3);
    expect(rows.flat().every((cell) => cell === null)).toBe(true);
  });

  it('cannot be reached by texts in a view', async () => {
    const texts = [
      `'; DROP TABLE resource; --`,
      `x' OR '1'='1`,
      `\\'; SELECT body FROM resource; --`,
      `$1 $body$ "quoted" \\u0027`,
      `') UNION SELECT raw FROM stored --`,
      `x" || @.code like_regex "." || @.code == "x`,
    ];
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constantFrom(...texts), fc.string({ maxLength: 40 })), async (value) => {
        const view = {
          ...measurements,
          constant: [{ name: 'wanted', valueString: value }],
          where: [{ path: 'status = %wanted or code.coding.where(code = %wanted).exists()' }],
        };
        const { status, text } = await ask(view);
        if (status === 200) expect(research.read(text).rows).toEqual([]);
        else expect([400, 422]).toContain(status);
        expect(text.toLowerCase()).not.toContain('kanarie');
      }),
      { numRuns: 25, examples: texts.map((text): [string] => [text]) },
    );
    expect(await rowsOf(measurements)).toHaveLength(3);
  });

  it('cannot be reached by names of columns and broken paths', async () => {
    for (const column of [
      { name: 'a" FROM resource --', path: 'id' },
      { name: 'id', path: `id'; SELECT 1 --` },
      { name: 'id', path: 'resource.body' },
      { name: 'id', path: 'raw' },
    ]) {
      const { status } = await ask({ resource: 'Observation', select: [{ column: [column] }] });
      expect(status, JSON.stringify(column)).toBe(422);
    }
  });

  it('breaks off at a cell that holds several values, without its last line', async () => {
    const view = {
      resource: 'Observation',
      select: [{ column: [{ name: 'codes', path: 'code.coding.code | status' }] }],
    };
    const broken = await ask(view).then(
      ({ status, text }) => status !== 200 || !research.read(text).isComplete,
      () => true,
    );
    expect(broken).toBe(true);
  });

  /** All combinations of the codes of a measurement, of so many at a time. */
  const combining = (codes: number): object[] =>
    Array.from({ length: codes }, (_, index) => each(`c${index}`, 'code.coding'));
  const each = (name: string, forEach: string): object => ({ forEach, column: [{ name, path: 'code' }] });

  it('is bounded: a view that multiplies its rows ends, and says that there were more', async () => {
    const { status, text } = await ask({ resource: 'Observation', select: combining(18) });
    expect(status).toBe(200);
    expect(text.trimEnd().split('\n').at(-1)).toBe('{"end":{"rows":5000,"truncated":true}}');
  });

  it('ends in time: a view that combines for ever, and of which no row comes', async () => {
    const none = each('none', `code.coding.where(code = 'none')`);
    const view = (codes: number) => ({ resource: 'Observation', select: [...combining(codes), none] });
    expect(await rowsOf(view(2))).toEqual([]);
    const PORT = String(await freePort());
    const inTime = { ...record.variables, PORT, SECONDARY_USE_MAXIMUM_SECONDS: '1' };
    const hurried = await runService(recordService, inTime);
    const at = `http://127.0.0.1:${PORT}/tenants/${hospital}/fhir`;
    const isWhole = ask(view(40), terms, { at }).then(({ text }) => research.read(text).isComplete);
    expect(await isWhole.catch(() => false)).toBe(false);
    await hurried.close();
  });
});
