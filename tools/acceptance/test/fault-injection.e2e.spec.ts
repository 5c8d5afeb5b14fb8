import { freePortBase } from '@samenhang/demo';
import { dataCategorySystem, identifierSystems } from '@samenhang/data-model';
import type { ServiceName } from '@samenhang/service-kit';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { commonFaults, lie, type Fault } from '../src/world/faults.js';
import type { Answer } from '../src/world/fhir.js';
import { Dossier } from '../src/world/fixtures.js';
import { openWorld } from '../src/world/open-world.js';
import { furtherPatient, hospital, nursingHome, patientA, vos } from '../src/world/people.js';
import { answerWith, StandIn } from '../src/world/stand-in.js';
import type { World } from '../src/world/world.js';

/** Of patient A at the hospital: whoever has seen it was given data. */
const SECRET = '44054006';
/** A case may last as long as the slowest time-out of the services, and some. That it ends at all is what is tested. */
const PATIENCE_MS = 120_000;

let world: World;

/** One for each case in which it matters that nothing is known of where the patient has data. */
const unseen = Array.from({ length: 30 }, (_, index) => furtherPatient(100 + index));

beforeAll(async () => {
  world = await openWorld(await freePortBase(), () => {});
  await world.consent.permitEverywhere(...unseen);
  await world.deliver(...unseen.map((bsn, index) => new Dossier(hospital, bsn, `u${index}`).condition()));
}, PATIENCE_MS);
afterAll(() => world?.installation.close());

/** Whoever asks forgets what it knew, and the service that it needs fails. @returns how often that was asked */
async function disturb(
  service: ServiceName,
  { answer }: Fault,
  forgetful?: ServiceName,
): Promise<() => boolean> {
  if (forgetful !== undefined) {
    await world.installation.stop(forgetful);
    await world.installation.startAgain(forgetful);
  }
  await world.installation.stop(service);
  if (answer === undefined) return () => true;
  const standIn = await world.standIn(Number(new URL(world.urlOf(service)).port), answer);
  return () => standIn.asked > 0;
}

afterEach(() => world.restore(), PATIENCE_MS);

/** When all is as it was, data is given again: nothing that went wrong is remembered. */
const recovered = (): Promise<void> =>
  vi.waitFor(
    async () => {
      expect((await world.findPatient(vos, hospital, patientA)).status).toBe(200);
      expect((await world.view(vos, patientA)).text).toContain(SECRET);
    },
    { timeout: PATIENCE_MS, interval: 500 },
  );

/** The view may tell that it failed, or that sources are missing; never data of where it could not be decided or found. */
function expectNoData(answer: Answer): void {
  expect([200, 403, 502, 503, 504]).toContain(answer.status);
  expect(answer.text).not.toContain(SECRET);
}

const faults = (...lies: readonly Fault[]): [string, Fault][] =>
  [...commonFaults, ...lies].map((fault) => [fault.name, fault]);

const soap = (content: string): string =>
  `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>${content}</s:Body></s:Envelope>`;
const decision = (text: string, namespace = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'): string =>
  `<x:Response xmlns:x="${namespace}"><x:Result><x:Decision>${text}</x:Decision></x:Result></x:Response>`;

describe('the consent register', () => {
  afterAll(recovered, PATIENCE_MS);

  const xml = 'application/soap+xml';
  it.each(
    faults(
      lie('two decisions', xml, soap(decision('Permit') + decision('Deny'))),
      lie('a permit of another namespace', xml, soap(decision('Permit', 'urn:other'))),
      lie('a permit in a fault', xml, soap('<s:Fault><s:Code><s:Value>Permit</s:Value></s:Code></s:Fault>')),
      lie('a decision that is none', xml, soap(decision('Permitted'))),
      lie('a permit outside of an envelope', xml, decision('Permit')),
    ),
  )(
    'that %s: the holder gives nothing, and says to try again',
    async (_name, fault) => {
      const isAsked = await disturb('consent-register', fault, 'record');
      const answer = await world.findPatient(vos, hospital, patientA);
      expect(answer.status).toBe(503);
      expectNoData(answer);
      expectNoData(await world.view(vos, patientA));
      expect(isAsked()).toBe(true);
    },
    PATIENCE_MS,
  );
});

describe('the status of Dezi statements', () => {
  afterAll(recovered, PATIENCE_MS);

  const json = 'application/json';
  it.each(
    faults(
      lie('a status in other words', json, JSON.stringify({ status: 'ACTIEF' })),
      lie('a status among others', json, JSON.stringify({ status: ['actief'] })),
      lie('a status of something else', json, JSON.stringify({ statement: { status: 'actief' } })),
    ),
  )(
    'that %s: there is no token',
    async (_name, fault) => {
      // The emulator was just started again: a connection of before may still be about to close.
      const parameters = await vi.waitFor(() => world.professionalParameters(vos), { timeout: 30_000 });
      const isAsked = await disturb('dezi', fault);
      const answer = await world.desk.ask({
        parameters: { resource: world.urlOf('query-api'), scope: 'view:read', ...parameters },
      });
      expect([answer.token, answer.error]).toEqual([undefined, 'invalid_grant']);
      expect(isAsked()).toBe(true);
    },
    PATIENCE_MS,
  );
});

describe('the pseudonymisation service', () => {
  afterAll(recovered, PATIENCE_MS);

  const json = 'application/json';
  const other = Buffer.alloc(32, 3).toString('base64url');
  it.each(
    faults(
      lie('no pseudonym', json, JSON.stringify({})),
      lie('what is no token', json, JSON.stringify({ jwe: 42 })),
      lie('a token of nobody', json, JSON.stringify({ jwe: 'eyJhbGciOiJub25lIn0.a.b.c.d' })),
      lie('a point in the place of a token', json, JSON.stringify({ jwe: other })),
    ),
  )(
    'that %s: nothing is found, and nothing of anyone else',
    async (_name, fault) => {
      const isAsked = await disturb('pseudonymisation', fault);
      const patient = unseen.pop() ?? patientA;
      expectNoData(await world.view(vos, patient));
      expect(isAsked()).toBe(true);
      const direct = await world.findPatient(vos, hospital, patient);
      expect(direct.status, 'who knows where to ask needs no pseudonym').toBe(200);
    },
    PATIENCE_MS,
  );
});

describe('the reference index', () => {
  afterAll(recovered, PATIENCE_MS);

  const fhir = 'application/fhir+json';
  const list = (custodian: string, category: string): object => ({
    resource: {
      resourceType: 'List',
      extension: [
        {
          url: 'http://minvws.github.io/generiekefuncties-docs/StructureDefinition/nl-gf-localization-custodian',
          valueReference: { identifier: { system: identifierSystems.ura, value: custodian } },
        },
      ],
      code: { coding: [{ system: dataCategorySystem, code: category }] },
    },
  });
  const searchset = (...entry: object[]): string =>
    JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry });
  it.each(
    faults(
      lie('a holder that has nothing', fhir, searchset(list(nursingHome.ura, 'Condition'))),
      lie('a holder that does not exist', fhir, searchset(list('99999999', 'Condition'))),
      lie('a holder that is no number', fhir, searchset(list("' OR 1=1", 'Condition'))),
      lie('a category that does not exist', fhir, searchset(list(hospital.ura, 'Everything'))),
      lie('nothing at all', fhir, searchset()),
    ),
  )(
    'that %s: nothing is given that is not asked of who has it',
    async (_name, fault) => {
      const isAsked = await disturb('reference-index', fault);
      expectNoData(await world.view(vos, unseen.pop() ?? patientA));
      expect(isAsked()).toBe(true);
    },
    PATIENCE_MS,
  );
});

describe('the address book', () => {
  afterAll(recovered, PATIENCE_MS);

  const fhir = 'application/fhir+json';
  const book = (ura: string, address: string): string =>
    JSON.stringify({
      resourceType: 'Bundle',
      type: 'searchset',
      entry: [
        {
          resourceType: 'Organization',
          id: 'o',
          identifier: [{ system: identifierSystems.ura, value: ura }],
        },
        {
          resourceType: 'Endpoint',
          id: 'e',
          status: 'active',
          connectionType: { code: 'hl7-fhir-rest' },
          payloadMimeType: ['application/fhir+json; fhirVersion=4.0'],
          address,
        },
      ].map((resource) => ({ resource })),
    });
  it.each(
    faults(
      lie('nobody', fhir, JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry: [] })),
      lie('an address that is none', fhir, book(hospital.ura, 'javascript:alert(1)')),
      lie('an address where nobody is', fhir, book(hospital.ura, 'http://127.0.0.1:9')),
    ),
  )(
    'that %s: nothing is asked at a wrong place',
    async (_name, fault) => {
      const isAsked = await disturb('address-book', fault, 'query-api');
      expectNoData(await world.view(vos, patientA));
      expect(isAsked()).toBe(true);
    },
    PATIENCE_MS,
  );

  it(
    'that lies: the address of another: that one is not even asked',
    async () => {
      const elsewhere = await StandIn.listen(0, answerWith(200, fhir, '{}'));
      try {
        const another = lie('another', fhir, book('99999999', elsewhere.url));
        await disturb('address-book', another, 'query-api');
        expectNoData(await world.view(vos, patientA));
        expect(elsewhere.asked).toBe(0);
      } finally {
        await elsewhere.close();
      }
    },
    PATIENCE_MS,
  );
});
