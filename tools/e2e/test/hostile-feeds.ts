import {
  awaitSettled,
  declareSource,
  demoTokens,
  expectOk,
  gpZonneweg,
  hospitalNoord,
  MllpSender,
  pharmacyDeBrug,
  urlOf,
  type DemoPerson,
  type DemoProvider,
  type SurroundingsOptions,
} from '@samenhang/demo';
import { authorisedFetch } from '@samenhang/identity';
import { portOffsets } from '@samenhang/service-kit';

/** Right-to-left override and its end: what stands between them is shown backwards, and nothing else may be. */
const BACKWARDS = '\u202Efdp.exe\u202C';

/**
 * What would run if it became markup, in the ways that differ; begins with where it came in. The name of a patient may differ so, the
 * rest of who they are may not: two differences, and a person has to judge.
 */
export const hostileText = (feed: string): string =>
  `${feed} </script><img src=x onerror="document.title='taken'"><svg onload="document.title='taken'"/> javascript:alert(1) ${BACKWARDS}`;

/** A way in: whose patient, by which source, and what the text stands in. */
export interface HostileFeed {
  readonly name: string;
  readonly provider: DemoProvider;
  readonly sourceId: string;
  /** Sends it about this person; said of them is what `hostileText` gives. */
  readonly send: (options: SurroundingsOptions, person: DemoPerson) => Promise<void>;
}

const settings = (system: string) => ({
  timeZone: 'Europe/Amsterdam',
  defaultCharset: 'UTF-8',
  localIdentifierSystem: `https://hostile.example/${system}`,
});

async function declare(
  options: SurroundingsOptions,
  provider: DemoProvider,
  sourceId: string,
  declaration: object,
): Promise<void> {
  await declareSource(options, demoTokens(options), provider, sourceId, {
    displayName: hostileText(sourceId),
    settings: settings(sourceId),
    ...declaration,
  });
}

async function send(
  options: SurroundingsOptions,
  provider: DemoProvider,
  { path, method = 'POST', type, body }: { path: string; method?: string; type: string; body: string },
): Promise<void> {
  const audience = urlOf(options, 'ingest');
  const token = await demoTokens(options).clientCredentials({
    audience,
    scope: 'ingest:write',
    organisation: provider.ura,
  });
  const response = await authorisedFetch(token, `${audience}/tenants/${provider.ura}/sources/${path}`, {
    method,
    headers: { 'content-type': type },
    body,
  });
  await expectOk(response, `hostile text by ${path}`);
}

const bsnOf = ({ bsn }: DemoPerson) => ({ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: bsn });

/** A patient with a hostile name, and a problem in hostile words. */
function bundle(feed: string, person: DemoPerson, status: object): string {
  const patient = {
    resourceType: 'Patient',
    id: `hostile-${feed}`,
    identifier: [bsnOf(person)],
    name: [{ family: hostileText(feed), given: [hostileText(feed)] }],
    gender: person.gender,
    birthDate: person.birthDate,
  };
  const condition = {
    resourceType: 'Condition',
    id: `hostile-problem-${feed}`,
    ...status,
    code: { text: hostileText(feed) },
    note: [{ text: hostileText(feed) }],
    subject: { reference: `Patient/${patient.id}` },
  };
  const entry = [patient, condition].map((resource) => ({
    fullUrl: `https://hostile.example/${resource.resourceType}/${resource.id}`,
    resource,
  }));
  return JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry });
}

const active = {
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
  },
};

const xml = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

function document(feed: string, { bsn, birthDate }: DemoPerson): string {
  const snomed = 'codeSystem="2.16.840.1.113883.6.96"';
  const loinc = 'codeSystem="2.16.840.1.113883.6.1"';
  const text = xml(hostileText(feed));
  return `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<id root="2.16.840.1.113883.2.4.99.2" extension="hostile"/><code code="60591-5" ${loinc}/><title>${text}</title>
<effectiveTime value="20261120125600"/>
<recordTarget><patientRole><id root="2.16.840.1.113883.2.4.6.3" extension="${bsn}"/><id root="2.16.840.1.113883.2.4.99.3" extension="hostile"/>
<patient><name><given>${text}</given><family qualifier="BR">${text}</family></name>
<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="${birthDate.replaceAll('-', '')}"/></patient></patientRole></recordTarget>
<author><time value="20261120"/><assignedAuthor><representedOrganization><id root="2.16.528.1.1007.3.3" extension="22222222"/><name>${text}</name></representedOrganization></assignedAuthor></author>
<component><structuredBody><component><section><code code="11450-4" ${loinc}/><title>${text}</title><text>${text}</text>
<entry><observation classCode="OBS" moodCode="EVN"><id root="2.16.840.1.113883.2.4.99.1" extension="hostile"/><code code="282291009" ${snomed}/>
<effectiveTime><low value="20171101"/></effectiveTime><value xsi:type="CD" code="hostile" codeSystem="2.16.840.1.113883.2.4.99.4" displayName="${text}"/></observation></entry>
</section></component></structuredBody></component></ClinicalDocument>`;
}

function message(feed: string, { bsn, hospitalNumber, birthDate }: DemoPerson): string {
  const text = hostileText(feed);
  return [
    'MSH|^~\\&|ZIS|NOORD|SAMENHANG|NOORD|20261121080000+0100||ADT^A01^ADT_A01|HOSTILE-ADT|P|2.5|||||NLD|UNICODE UTF-8',
    'EVN|A01|20261120103000+0100',
    `PID|1||${hospitalNumber}^^^NOORD^PI~${bsn}^^^NLMINBIZA^NNNLD||${text}^${text}^^^^^L||${birthDate.replaceAll('-', '')}|F`,
    'PV1|1|I|CARD^101^1',
    `DG1|1||HOSTILE^${text}^L||20190301|W`,
    '',
  ].join('\r');
}

/** Every kind of feed that ingest takes. */
export const hostileFeeds: readonly HostileFeed[] = [
  {
    name: 'hl7v2',
    provider: hospitalNoord,
    sourceId: 'zis',
    send: async (options, person) => {
      const sender = new MllpSender({
        host: '127.0.0.1',
        port: options.portBase + portOffsets['mllp-hospital'],
      });
      try {
        const { code } = await sender.send(message('hl7v2', person));
        if (code !== 'AA') throw new Error(`The message was answered ${code}`);
      } finally {
        sender.close();
      }
    },
  },
  {
    name: 'fhir-r4',
    provider: pharmacyDeBrug,
    sourceId: 'hostile-r4',
    send: async (options, person) => {
      await declare(options, pharmacyDeBrug, 'hostile-r4', { kind: 'fhir-push' });
      await send(options, pharmacyDeBrug, {
        path: 'hostile-r4/fhir',
        type: 'application/fhir+json',
        body: bundle('fhir-r4', person, active),
      });
    },
  },
  {
    name: 'fhir-stu3',
    provider: gpZonneweg,
    sourceId: 'hostile-stu3',
    send: async (options, person) => {
      await declare(options, gpZonneweg, 'hostile-stu3', { kind: 'fhir-push', fhirVersion: 'stu3' });
      await send(options, gpZonneweg, {
        path: 'hostile-stu3/fhir',
        type: 'application/fhir+json',
        body: bundle('fhir-stu3', person, { clinicalStatus: 'active', verificationStatus: 'confirmed' }),
      });
    },
  },
  {
    name: 'cda',
    provider: hospitalNoord,
    sourceId: 'hostile-cda',
    send: async (options, person) => {
      await declare(options, hospitalNoord, 'hostile-cda', { kind: 'cda' });
      await send(options, hospitalNoord, {
        path: 'hostile-cda/documents',
        type: 'application/xml',
        body: document('cda', person),
      });
    },
  },
  {
    name: 'csv',
    provider: pharmacyDeBrug,
    sourceId: 'hostile-csv',
    send: async (options, person) => {
      await declare(options, pharmacyDeBrug, 'hostile-csv', {
        kind: 'table',
        file: { format: 'csv', delimiter: ';', encoding: 'utf-8' },
        table: {
          patient: { identifiers: [{ column: 'bsn', system: bsnOf(person).system }, { column: 'number' }] },
          resources: [
            {
              resourceType: 'Condition',
              key: ['problem'],
              elements: { 'code.text': { column: 'diagnosis', as: 'text' } },
            },
          ],
        },
      });
      await send(options, pharmacyDeBrug, {
        path: 'hostile-csv/files/hostile.csv',
        method: 'PUT',
        type: 'text/csv',
        body: `bsn;number;problem;diagnosis\n${person.bsn};9001;1;"${hostileText('csv').replaceAll('"', '""')}"\n`,
      });
    },
  },
];

/** Sends all of them, each about a person of its own, and waits until it is where it is to be. */
export async function sendHostileFeeds(
  options: SurroundingsOptions,
  people: readonly DemoPerson[],
): Promise<ReadonlyMap<HostileFeed, DemoPerson>> {
  const about = new Map<HostileFeed, DemoPerson>();
  for (const [at, feed] of hostileFeeds.entries()) {
    const person = people[at];
    if (person === undefined) throw new Error('There are fewer people than feeds');
    await feed.send(options, person);
    about.set(feed, person);
  }
  await awaitSettled(options);
  return about;
}
