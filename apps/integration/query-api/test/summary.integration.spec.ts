import type { FhirResource } from '@samenhang/data-model';
import { validateResource } from '@samenhang/fhir-r4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asking, generalPractitioner } from './claims.js';
import { concept, HolderRecord, loinc, snomed, twoHolders } from './patient-record.js';
import { RunningQueryApi } from './running-query-api.js';
import {
  allergy,
  bsnA,
  bsnB,
  holdingWhole,
  patient,
  StandInHolder,
  type SeenRequest,
} from './stand-in-holder.js';
import type { StandInProvider } from './stand-in-platform.js';
import type { FastifyReply } from 'fastify';

const categories = ['Patient', 'Condition', 'AllergyIntolerance', 'ObservationLaboratory'] as const;
const custodianSystem = 'http://fhir.nl/fhir/NamingSystem/ura';

interface Section {
  readonly title: string;
  readonly text: { readonly div: string };
  readonly entry: { readonly reference: string }[];
}
interface Entry {
  readonly fullUrl: string;
  readonly resource: FhirResource & {
    readonly meta?: { readonly tag?: { readonly system: string; readonly code: string }[] };
  };
}
interface Summary extends FhirResource {
  readonly type: string;
  readonly entry: Entry[];
}

let api: RunningQueryApi;
const holders: StandInHolder[] = [];

/** What each holder holds at the moment, by URA: where it is stays the same, as addresses are remembered for a while. */
const held = new Map<string, readonly FhirResource[]>();
const uras = ['11111111', '22222222'];
const away = { ura: '33333333', name: 'Away', address: 'http://127.0.0.1:1/fhir', categories };

/** Has these holders, by URA, hold these resources. */
function register(
  sources: Readonly<Record<string, readonly FhirResource[]>>,
  ...others: StandInProvider[]
): void {
  held.clear();
  for (const [ura, resources] of Object.entries(sources)) held.set(ura, resources);
  const registered = uras.flatMap((ura, index) => {
    const address = holders[index]?.base;
    return address === undefined || !held.has(ura) ? [] : [{ ura, name: `Care ${ura}`, address, categories }];
  });
  api.platform.providers = [...registered, ...others];
}

function ask(claims: Record<string, unknown> = generalPractitioner, bsn = bsnA): Promise<Response> {
  return api.platform.call(`${api.url}/fhir/Patient/$summary`, claims, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: asking(bsn),
  });
}

async function summaryOf(claims?: Record<string, unknown>): Promise<Summary> {
  const response = await ask(claims);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return JSON.parse(text) as Summary;
}

const composition = ({ entry }: Summary): { text: { div: string }; section: Section[] } =>
  entry[0]?.resource as unknown as { text: { div: string }; section: Section[] };
const ofType = ({ entry }: Summary, type: string): Entry[] =>
  entry.filter(({ resource }) => resource.resourceType === type);
const custodians = ({ resource }: Entry): string[] =>
  (resource.meta?.tag ?? []).flatMap(({ system, code }) => (system === custodianSystem ? [code] : []));

beforeAll(async () => {
  api = await RunningQueryApi.start({ SOURCE_DEADLINE_MS: '20000', LOCALISATION_CACHE_SECONDS: '0' });
  for (const ura of uras) {
    const answer = (request: SeenRequest, reply: FastifyReply, base: string): unknown =>
      holdingWhole(held.get(ura) ?? [])(request, reply, base);
    holders.push(await StandInHolder.startWhole(answer));
  }
});
afterAll(async () => {
  await Promise.all(holders.map((holder) => holder.close()));
  await api.stop();
});

describe('a summary of what all sources say', () => {
  it('is one document with the facts of each, whose they are, and what is missing in words and for machines', async () => {
    const { hospital, practice } = twoHolders();
    register({ '22222222': hospital.resources, '11111111': practice.resources }, away);
    const summary = await summaryOf();
    expect(validateResource(summary)).toEqual([]);
    expect(summary.type).toBe('document');
    const { text, section } = composition(summary);
    expect(section.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['Medication Summary', 'Allergies and Intolerances', 'Problem List', 'Sources']),
    );
    expect(text.div).toContain('Custodian 33333333 cannot be reached');
    expect(ofType(summary, 'OperationOutcome')).toHaveLength(1);
    expect(section.at(-1)?.entry).toEqual([{ reference: ofType(summary, 'OperationOutcome')[0]?.fullUrl }]);
    expect(ofType(summary, 'Patient').map(custodians)).toEqual([['11111111', '22222222']]);
    expect(ofType(summary, 'Condition').map(custodians).sort()).toEqual([
      ['11111111'],
      ['22222222'],
      ['22222222'],
    ]);
    const targets = ofType(summary, 'Provenance').flatMap(
      ({ resource }) => resource['target'] as { reference: string }[],
    );
    const told = new Set(targets.map(({ reference }) => reference));
    for (const type of ['Patient', 'Condition', 'AllergyIntolerance'])
      for (const { fullUrl } of ofType(summary, type)) expect(told).toContain(fullUrl);
  });

  it('has the same fact of two sources once, and every reference in it leads to an entry or to its source', async () => {
    const identifier = [{ system: 'https://pharmacy.example', value: '12' }];
    register({
      '22222222': [patient('h'), { ...allergy('x', 'h'), identifier }],
      '11111111': [patient('g'), { ...allergy('x', 'g'), identifier }],
    });
    const summary = await summaryOf();
    const allergies = ofType(summary, 'AllergyIntolerance');
    expect(allergies.flatMap(custodians).sort()).toEqual(['11111111', '22222222']);
    const urls = new Set(summary.entry.map(({ fullUrl }) => fullUrl));
    expect(urls.size).toBe(summary.entry.length);
    const references = [...JSON.stringify(summary).matchAll(/"reference":"([^"]+)"/g)].map(
      ([, found = '']) => found,
    );
    const elsewhere = references.filter((reference) => !urls.has(reference));
    expect(elsewhere.every((reference) => holders.some(({ base }) => reference.startsWith(base)))).toBe(true);
  });

  it('keeps sources apart that number alike, and decimals as they were written', async () => {
    const of = (id: string, value: string): FhirResource[] => {
      const record = new HolderRecord(id, 'same').add('Observation', 'l', {
        status: 'final',
        category: [concept('http://terminology.hl7.org/CodeSystem/observation-category', 'laboratory')],
        code: concept(loinc, '2823-3'),
        effectiveDateTime: '2026-03-01T08:00:00Z',
        valueQuantity: {
          value: (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(value),
          unit: 'mmol/L',
          system: 'http://unitsofmeasure.org',
          code: 'mmol/L',
        },
      });
      return record.resources;
    };
    register({ '22222222': of('same', '4.10'), '11111111': of('same', '5.20') });
    const response = await ask();
    const text = await response.text();
    expect(text).toContain('"value":4.10');
    expect(text).toContain('"value":5.20');
    expect(ofType(JSON.parse(text) as Summary, 'Observation')).toHaveLength(2);
  });

  it('leaves out what was withdrawn', async () => {
    const record = new HolderRecord('h', 'h').condition('c1', '22298006', '2024-02-03');
    record.add('Condition', 'wrong', {
      code: concept(snomed, '73211009'),
      verificationStatus: concept(
        'http://terminology.hl7.org/CodeSystem/condition-ver-status',
        'entered-in-error',
      ),
    });
    register({ '22222222': record.resources });
    const text = JSON.stringify(await summaryOf());
    expect(text).toContain('22298006');
    expect(text).not.toContain('73211009');
  });

  it('says that nothing is known where nobody holds anything, of a person known by number only', async () => {
    register({});
    const summary = await summaryOf();
    expect(validateResource(summary)).toEqual([]);
    const text = JSON.stringify(summary);
    for (const code of ['no-medication-info', 'no-allergy-info', 'no-problem-info'])
      expect(text).toContain(code);
    expect(composition(summary).text.div).toContain('No registrations found');
    expect(ofType(summary, 'Patient')[0]?.resource['identifier']).toMatchObject([{ value: bsnA }]);
  });

  it('says that the scopes of the token leave something out', async () => {
    const { hospital } = twoHolders();
    register({ '22222222': hospital.resources });
    const scope = 'view:read patient/Patient.s patient/Condition.s';
    const summary = await summaryOf({ ...generalPractitioner, scope });
    expect(ofType(summary, 'Condition')).toHaveLength(2);
    expect(ofType(summary, 'MedicationRequest')).toHaveLength(0);
    expect(composition(summary).text.div).toContain('Only data that the scopes of the token cover');
  });

  it('is refused where sources disagree on who it is, and nothing of another person is in it', async () => {
    const stranger = { ...patient('g'), name: [{ family: 'Bakker' }], birthDate: '1999-09-09' };
    register({ '22222222': [patient('h')], '11111111': [stranger] });
    expect((await ask()).status).toBe(409);
    register({
      '22222222': [patient('h'), allergy('x', 'h')],
      '11111111': [patient('g', bsnB), allergy('y', 'g')],
    });
    const summary = await summaryOf();
    expect(ofType(summary, 'AllergyIntolerance').map(custodians)).toEqual([['22222222']]);
    expect(JSON.stringify(summary)).not.toContain(bsnB);
  });

  it('is asked with view:read only', async () => {
    expect((await ask({ ...generalPractitioner, scope: 'holder:read' })).status).toBe(403);
  });
});
