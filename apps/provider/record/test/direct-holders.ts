import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getUra, identifierSystems, type FhirResource } from '@samenhang/data-model';
import { validateResource } from '@samenhang/fhir-r4';
import { expect } from 'vitest';
import { bgz2017Patient, paracetamol } from './bgz-2017-patient.js';
import { OwnServer, type SourceResource } from './own-server.js';
import { hospital, pharmacy } from './record-builders.js';
import { RunningRecord } from './running-record.js';
import { generalPractitioner, type Claims } from './stand-in-trust.js';

export const A = '900186021';
export const B = '999901370';
/** It waits five seconds for its server. */
export const impatient = getUra('55555555');
export const bsnOf = (value: string): string => `${identifierSystems.bsn}|${value}`;

export interface Bundle extends FhirResource {
  total?: number;
  entry?: { fullUrl?: string; resource: FhirResource; search: { mode: string } }[];
}

const r4Patient: readonly SourceResource[] = [
  {
    resourceType: 'Patient',
    id: 'x',
    identifier: [{ system: identifierSystems.bsn, value: A }],
    name: [{ family: 'de Boer' }],
    birthDate: '1970-04-01',
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'x-iodine',
    clinicalStatus: {
      coding: [
        { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' },
      ],
    },
    code: { text: 'Jodium' },
    patient: { reference: 'Patient/x' },
  },
];

/** A record of two care providers whose data is at their own servers: the hospital's speaks STU3, the pharmacy's R4. */
export class DirectHolders {
  private constructor(
    readonly record: RunningRecord,
    readonly stu3: OwnServer,
    readonly r4: OwnServer,
    readonly late: OwnServer,
    private readonly folder: string,
  ) {}

  static async start(): Promise<DirectHolders> {
    const [stu3, r4, late] = await Promise.all([OwnServer.start(), OwnServer.start(), OwnServer.start()]);
    const folder = await mkdtemp(join(tmpdir(), 'direct-'));
    const common = { localIdentifierSystem: 'https://source.example/patients', maximumBytes: 200_000 };
    const epd = { sourceId: 'epd', displayName: 'EPD', baseUrl: stu3.base, fhirVersion: 'stu3' };
    const ais = { sourceId: 'ais', displayName: 'AIS', baseUrl: r4.base, fhirVersion: 'r4' };
    const auth = { kind: 'bearer', secret: 'epd-token' };
    const sources = [
      { ...common, ...epd, tenant: hospital, timeoutMs: 60_000, auth },
      { ...common, ...ais, tenant: pharmacy, timeoutMs: 60_000 },
      { ...common, ...ais, tenant: impatient, baseUrl: late.base, timeoutMs: 5_000 },
    ];
    const file = join(folder, 'direct.json');
    await writeFile(file, JSON.stringify(sources));
    const record = await RunningRecord.start(`${hospital}:V4,${pharmacy}:A1,${impatient}:Z3`, {
      variables: { DIRECT_SOURCES_FILE: file, DIRECT_SERVERS: '127.0.0.1' },
      secrets: { 'epd-token': 'secret-of-the-hospital' },
    });
    return new DirectHolders(record, stu3, r4, late, folder);
  }

  async stop(): Promise<void> {
    await this.record.stop();
    await Promise.all(this.#servers().map((server) => server.close()));
    await rm(this.folder, { recursive: true });
  }

  /** As before anything happened. */
  reset(): void {
    this.record.trust.consent = 'Permit';
    this.record.trust.consentOf.clear();
    this.stu3.resources = [...bgz2017Patient('p1', A), ...bgz2017Patient('p2', B), paracetamol];
    this.r4.resources = r4Patient;
    this.late.resources = r4Patient;
    for (const server of this.#servers()) server.reset();
  }

  baseOf(tenant: string): string {
    return `${this.record.url}/tenants/${tenant}/fhir`;
  }

  everything(
    tenant: string,
    bsn: string,
    categories: readonly string[] = [],
    claims: Claims = generalPractitioner,
  ): Promise<Response> {
    const named = { name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: bsn } };
    const parameter = [named, ...categories.map((valueCode) => ({ name: 'category', valueCode }))];
    const base = this.baseOf(tenant);
    return this.record.trust.fetch(`${base}/Patient/$everything`, base, claims, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ resourceType: 'Parameters', parameter }),
    });
  }

  search(tenant: string, type: string, criteria: Readonly<Record<string, string>>): Promise<Response> {
    const base = this.baseOf(tenant);
    return this.record.trust.fetch(`${base}/${type}/_search`, base, generalPractitioner, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', prefer: 'handling=strict' },
      body: new URLSearchParams(criteria).toString(),
    });
  }

  audited(): Promise<{ auditEvent: FhirResource }[]> {
    return this.record.log.payloads<{ auditEvent: FhirResource }>('audit.recorded');
  }

  #servers(): OwnServer[] {
    return [this.stu3, this.r4, this.late];
  }

  async stored(): Promise<unknown> {
    const status = (await (await fetch(`${this.record.url}/status`)).json()) as { counts: unknown };
    return status.counts;
  }
}

export async function bundleOf(answer: Promise<Response>): Promise<Bundle> {
  const response = await answer;
  const text = await response.text();
  expect(response.status, text).toBe(200);
  expect(validateResource(JSON.parse(text))).toEqual([]);
  return JSON.parse(text) as Bundle;
}

export const typesOf = ({ entry = [] }: Bundle, mode = 'match'): string[] =>
  entry
    .filter(({ search }) => search.mode === mode)
    .map(({ resource }) => resource.resourceType)
    .sort();

export const outcomeOf = ({ entry = [] }: Bundle): unknown[] =>
  entry
    .filter(({ search }) => search.mode === 'outcome')
    .flatMap(({ resource }) => resource['issue'] as unknown[]);
