import type { RecordChange } from '@samenhang/data-model';
import { getBsn } from '@samenhang/patient-identity';
import type { PermitTerms } from '@samenhang/secondary-use';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hospital, laboratory, message, patient } from './record-builders.js';
import { ResearchTrust } from './research-trust.js';
import { RunningRecord } from './running-record.js';

const A = getBsn('900186021');
const B = getBsn('999901370');
const MEASUREMENTS = 7;
const PATIENCE = { timeout: 60_000, interval: 20 };
const caller = { client_id: 'secondary-use-api', scope: 'secondary:run', organization_ura: '90000003' };

const terms: PermitTerms = {
  permitId: '0f8c1f6e-2f5c-4d6e-9a52-6d6a4f8b7c11',
  purpose: 'scientific-research',
  datasets: [
    { type: 'Patient', elements: ['gender'] },
    { type: 'Observation', elements: ['status', 'code', 'valueQuantity'] },
  ],
  period: { from: '2026-01-01', until: '2027-01-01' },
  dates: 'month',
  recipient: { organisation: 'oin:00000099000000002000', scope: 'project-1' },
  secret: Buffer.alloc(32, 3).toString('base64url'),
};

const people = {
  resource: 'Patient',
  select: [
    {
      column: [
        { name: 'person', path: 'getResourceKey()' },
        { name: 'gender', path: 'gender' },
      ],
    },
  ],
};
const values = {
  resource: 'Observation',
  select: [
    {
      column: [
        { name: 'person', path: 'subject.getReferenceKey(Patient)' },
        { name: 'value', path: 'value.ofType(Quantity).value' },
      ],
    },
    { forEach: 'code.coding', column: [{ name: 'code', path: 'code' }] },
  ],
};
const both = [
  { name: 'people', view: people },
  { name: 'values', view: values },
];

interface Result {
  readonly parameter: readonly {
    readonly name: string;
    readonly valueCode?: string;
    readonly part?: readonly {
      readonly name: string;
      readonly valueString?: string;
      readonly valueUri?: string;
    }[];
  }[];
}

describe('An export of views', () => {
  let record: RunningRecord;
  let research: ResearchTrust;
  let base: string;

  beforeAll(async () => {
    research = await ResearchTrust.start();
    record = await RunningRecord.start(`${hospital}:V4`, {
      variables: {
        PSEUDONYMISATION_URL: research.url,
        CONSENT_REGISTER_URL: research.url,
        SECONDARY_USE_API_URL: research.url,
        SECONDARY_USE_FILE_RESOURCES: '3',
        SECONDARY_USE_MAXIMUM_ROWS: '5000',
      },
      secrets: { 'permit-authority': research.authority },
    });
    base = `${record.url}/tenants/${hospital}/fhir`;
    const measured: RecordChange[] = Array.from({ length: MEASUREMENTS }, (_, index) =>
      laboratory(`o${index}`, 'pa', index),
    );
    for (const parts of [
      { position: 1, changes: [patient('pa', A), ...measured] },
      { position: 2, changes: [patient('pb', B)] },
    ]) {
      const { type, key, tenant, payload } = message(parts);
      await record.log.publish({ type, key, tenant, payload });
    }
    await vi.waitFor(async () => {
      const { counts } = (await (await fetch(`${record.url}/status`)).json()) as { counts: unknown };
      expect(counts).toMatchObject({ resources: MEASUREMENTS + 2 });
    }, PATIENCE);
  }, 120_000);
  afterAll(async () => {
    await record?.stop();
    await research?.close();
  });

  const call = (url: string, request: RequestInit = {}, claims: object = caller): Promise<Response> =>
    record.trust.fetch(url, base, { ...claims }, { redirect: 'manual', ...request });

  async function kickOff(
    views: readonly { name: string; view: object }[],
    besides: readonly object[] = [],
    form: { readonly format?: string } = {},
  ) {
    const permit = await research.assertion({ level: 'view', views, ...form }, terms, base);
    const parameter = [
      ...views.map(({ name, view }) => ({
        name: 'view',
        part: [
          { name: 'name', valueString: name },
          { name: 'viewResource', resource: view },
        ],
      })),
      ...besides,
      ...(form.format === undefined ? [] : [{ name: '_format', valueCode: form.format }]),
      { name: 'permit', valueString: permit },
    ];
    return call(`${base}/ViewDefinition/$viewdefinition-export`, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json', prefer: 'respond-async' },
      body: JSON.stringify({ resourceType: 'Parameters', parameter }),
    });
  }

  async function resultOf(begun: Response): Promise<Response> {
    const location = begun.headers.get('content-location') ?? '';
    return vi.waitFor(async () => {
      const answer = await call(location);
      expect(answer.status).toBe(303);
      return call(answer.headers.get('location') ?? '');
    }, PATIENCE);
  }

  async function rowsOf(result: Response, wanted: string): Promise<Record<string, unknown>[]> {
    const { parameter } = (await result.clone().json()) as Result;
    const output = parameter.find(({ part }) => part?.some(({ valueString }) => valueString === wanted));
    const rows: Record<string, unknown>[] = [];
    for (const { valueUri } of output?.part ?? []) {
      if (valueUri === undefined) continue;
      const text = await (await call(valueUri)).text();
      for (const line of text.split('\n').filter((each) => each !== ''))
        rows.push(JSON.parse(line) as Record<string, unknown>);
    }
    return rows;
  }

  it('gives the rows of each view in files, told of at the address that the status leads to', async () => {
    const begun = await kickOff(both);
    expect(begun.status, await begun.clone().text()).toBe(202);
    const result = await resultOf(begun);
    expect(result.status, await result.clone().text()).toBe(200);
    expect(Date.parse(result.headers.get('expires') ?? '')).toBeGreaterThan(Date.now());
    const persons = await rowsOf(result, 'people');
    const measured = await rowsOf(result, 'values');
    expect(persons).toHaveLength(2);
    expect(measured.map(({ value }) => Number(value)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: MEASUREMENTS }, (_, value) => value),
    );
    expect(persons.map(({ person }) => person)).toContain(measured[0]?.['person']);
    expect(JSON.stringify([persons, measured])).not.toMatch(/900186021|Jansen|"o\d/);
  });

  it('gives CSV and Parquet as well, without who objects since', async () => {
    const made = async (format: string): Promise<() => Promise<Buffer[]>> => {
      const result = await resultOf(await kickOff([{ name: 'values', view: values }], [], { format }));
      expect(result.status, await result.clone().text()).toBe(200);
      const { parameter } = (await result.json()) as Result;
      expect(parameter.find(({ name }) => name === '_format')?.valueCode).toBe(format);
      const addresses = parameter.flatMap(({ part = [] }) => part).flatMap(({ valueUri }) => valueUri ?? []);
      return () =>
        Promise.all(addresses.map(async (each) => Buffer.from(await (await call(each)).arrayBuffer())));
    };
    const rowsOfParquet = async (files: Buffer[]) =>
      (
        await Promise.all(files.map((file) => parquetReadObjects({ file: new Uint8Array(file).buffer })))
      ).flat();
    const csv = await (await made('csv'))();
    for (const file of csv) expect(file.toString()).toMatch(/^person,value,code\r\n/);
    const lines = csv.flatMap((file) => file.toString().trimEnd().split('\r\n').slice(1));
    const measured = Array.from({ length: MEASUREMENTS }, (_, value) => value);
    expect(lines.map((line) => Number(line.split(',')[1])).sort()).toEqual(measured);
    const parquet = await made('parquet');
    expect((await rowsOfParquet(await parquet())).map((row) => Number(row['value'])).sort()).toEqual(
      measured,
    );
    research.setObjection(A, true);
    expect(await rowsOfParquet(await parquet())).toEqual([]);
    research.setObjection(A, false);
  });

  it('leaves out who objects after it was made, also of rows that name nobody', async () => {
    const nameless = { ...values, select: values.select.slice(1) };
    const result = await resultOf(await kickOff([{ name: 'codes', view: nameless }]));
    expect(await rowsOf(result, 'codes')).toHaveLength(MEASUREMENTS);
    research.setObjection(A, true);
    expect(await rowsOf(result, 'codes')).toEqual([]);
    research.setObjection(A, false);
  });

  it('is of who asked for it, until it is cancelled', async () => {
    const begun = await kickOff(both);
    const location = begun.headers.get('content-location') ?? '';
    expect((await call(location, {}, { ...caller, organization_ura: '90000009' })).status).toBe(404);
    expect((await call(location.replace('view-exports', 'bulk'))).status).toBe(404);
    expect((await call(location, { method: 'DELETE' })).status).toBe(202);
    expect((await call(location)).status).toBe(404);
  });

  it('refuses views that are invalid or beyond the permit, and unknown parameters', async () => {
    const conditions = { resource: 'Condition', select: [{ column: [{ name: 'id', path: 'id' }] }] };
    const broken = { resource: 'Patient', select: [{ column: [{ name: 'x', path: 'gender.(' }] }] };
    expect((await kickOff([{ name: 'a', view: conditions }])).status).toBe(403);
    expect((await kickOff([{ name: 'a', view: broken }])).status).toBe(422);
    expect((await kickOff(both, [{ name: '_format', valueCode: 'xlsx' }])).status).toBe(400);
    expect((await kickOff(both, [{ name: 'source', valueUri: 'file:///etc' }])).status).toBe(400);
    expect((await kickOff([both[0], both[0]].flatMap((view) => view ?? []))).status).toBe(400);
  });

  it('tells at the address of its result why there is none', async () => {
    const many = {
      ...values,
      select: [...values.select, { column: [{ name: 'c', path: 'code.coding.code' }] }],
    };
    const codes = {
      resource: 'Observation',
      select: [{ unionAll: Array.from({ length: 70 }, () => many.select[0]) }],
    };
    const begun = await kickOff([{ name: 'too-many', view: codes }]);
    expect(begun.status, await begun.clone().text()).toBe(202);
    const result = await resultOf(begun);
    expect(result.status).toBe(500);
    expect(await result.text()).toContain('more rows than a holder gives');
  });

  /** At once, as a file; the permit is for the view, whatever its form. */
  async function run(view: object, ...besides: readonly object[]): Promise<Response> {
    const question = JSON.parse(await research.question(view, terms, base)) as { parameter: object[] };
    return call(`${base}/ViewDefinition/$run`, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ ...question, parameter: [...question.parameter, ...besides] }),
    });
  }
  const form = (format: string) => ({ name: '_format', valueCode: format });

  it('can be had at once: CSV, NDJSON or Parquet, with keys that mean nothing outside the file', async () => {
    const csv = await run(values, form('csv'));
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
    const text = await csv.text();
    const [header, ...lines] = text.trimEnd().split('\r\n');
    expect(header).toBe('person,value,code');
    expect(lines).toHaveLength(MEASUREMENTS);
    const ndjson = await run(values, form('application/x-ndjson'));
    expect(ndjson.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    const rows = (await ndjson.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const parquet = await run(values, form('parquet'));
    expect(parquet.headers.get('content-type')).toBe('application/vnd.apache.parquet');
    const read = await parquetReadObjects({ file: await parquet.arrayBuffer() });
    const withoutKey = (row: object) => JSON.stringify({ ...row, person: 'somebody' });
    expect(read.map(withoutKey).sort()).toEqual(rows.map(withoutKey).sort());
    for (const { person } of rows) expect(text).not.toContain(String(person));
  });

  it('can be had without a header, of so many rows, and never with those who object', async () => {
    const besides = [form('csv'), { name: 'header', valueBoolean: false }];
    const few = await run(values, ...besides, { name: '_limit', valueInteger: 2 });
    expect((await few.text()).trimEnd().split('\r\n')).toHaveLength(2);
    research.setObjection(A, true);
    expect(await (await run(values, ...besides)).text()).toBe('');
    research.setObjection(A, false);
  });

  it('is refused in another form, and breaks off rather than end early', async () => {
    expect((await run(values, form('xlsx'))).status).toBe(400);
    expect((await run(values, form('csv'), { name: '_limit', valueInteger: 0 })).status).toBe(400);
    const many = {
      resource: 'Observation',
      select: [{ unionAll: Array.from({ length: 2_000 }, () => ({ column: [{ name: 'id', path: 'id' }] })) }],
    };
    await expect(run(many, form('csv')).then((answer) => answer.text())).rejects.toThrow();
  });
});
