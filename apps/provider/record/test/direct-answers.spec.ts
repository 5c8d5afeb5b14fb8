import { getUra, identifierSystems, type SourceId } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { ConfigurationError, ServerPolicy } from '@samenhang/service-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDirectSources, type DirectSource } from '../src/direct/direct-source.js';
import { mapAnswers } from '../src/direct/map-answers.js';
import { bgz2017Patient } from './bgz-2017-patient.js';
import type { SourceResource } from './own-server.js';
import { keyring } from './record-builders.js';

const A = '900186021';
const B = '999901370';
const source: DirectSource = {
  tenant: getUra('22222222'),
  sourceId: 'epd' as SourceId,
  displayName: 'EPD',
  baseUrl: 'https://epd.example/fhir',
  fhirVersion: 'stu3',
  localIdentifierSystem: 'https://epd.example/patients',
};

describe('what is made of the answers of a source', () => {
  const [patient, ...facts] = bgz2017Patient('p1', A);
  const subjects = {
    own: { reference: 'Patient/p1' },
    'own by address': { reference: `${source.baseUrl}/Patient/p1` },
    'another by id': { reference: 'Patient/p2' },
    'another by address': { reference: `${source.baseUrl}/Patient/p2` },
    'another by BSN': { identifier: { system: identifierSystems.bsn, value: B } },
    'another, contained': { reference: '#inside' },
  };
  const inside = {
    resourceType: 'Patient',
    id: 'inside',
    identifier: [{ system: identifierSystems.bsn, value: B }],
  };
  const about = (fact: SourceResource, subject: object): SourceResource => ({
    ...fact,
    ...('subject' in fact ? { subject } : { patient: subject }),
    ...('reference' in subject && subject.reference === '#inside' ? { contained: [inside] } : {}),
  });
  const stated = fc.array(
    fc.tuple(
      fc.constantFrom(...facts),
      fc.constantFrom(...(Object.keys(subjects) as (keyof typeof subjects)[])),
    ),
    { minLength: 1, maxLength: 8 },
  );

  it('is about the patient alone, or nothing', () => {
    fc.assert(
      fc.property(stated, (drawn) => {
        const sent = drawn.map(([fact, whose], index) =>
          about({ ...fact, id: `f${String(index)}` }, subjects[whose]),
        );
        const resources = new Map(
          [patient, ...sent].flatMap((one) =>
            one === undefined ? [] : [[`${one.resourceType}/${one.id}`, one]],
          ),
        );
        const isOwn = drawn.every(([, whose]) => whose.startsWith('own'));
        const map = () => mapAnswers(source, { resources, issues: [] }, keyring);
        if (!isOwn) {
          expect(map).toThrow(Failure);
          return;
        }
        const { facts: given, patientIds } = map();
        expect(given.filter(({ isOfPatient }) => isOfPatient)).toHaveLength(sent.length + 1);
        for (const { resource } of given)
          expect(JSON.stringify(resource)).not.toMatch(new RegExp(`"Patient/(?!${patientIds[0] ?? ''}")`));
      }),
      { numRuns: 60 },
    );
  });
});

describe('the declaration of a server', () => {
  const good = {
    tenant: '22222222',
    sourceId: 'epd',
    displayName: 'EPD',
    baseUrl: 'https://epd.example/fhir/',
    fhirVersion: 'stu3',
    localIdentifierSystem: 'https://epd.example/patients',
    auth: { kind: 'smart-backend', clientId: 'node', secret: 'epd-key', scope: 'system/*.rs' },
  };
  const read = (...declared: unknown[]) =>
    readDirectSources(JSON.stringify(declared), new Set(['22222222']), new ServerPolicy(''));

  it('is read', () => {
    expect(read(good).get(getUra('22222222'))).toMatchObject({
      baseUrl: 'https://epd.example/fhir',
      auth: good.auth,
    });
  });

  it.each([
    ['baseUrl', { baseUrl: 'http://10.0.0.1/fhir' }],
    ['baseUrl', { baseUrl: 'https://epd.example/fhir?token=x' }],
    ['fhirVersion', { fhirVersion: 'dstu2' }],
    ['sourceId', { sourceId: 'E P D' }],
    ['tenant', { tenant: '33333333' }],
    ['auth.scope', { auth: { ...good.auth, scope: undefined } }],
    ['auth.secret', { auth: { ...good.auth, secret: '../x' } }],
    ['colour', { colour: 'red' }],
    ['timeoutMs', { timeoutMs: 1 }],
  ])('stops the start and names %s', (property, fault) => {
    const attempt = () => read({ ...good, ...fault });
    expect(attempt).toThrow(ConfigurationError);
    expect(attempt).toThrow(property);
  });

  it('is of one server for each care provider, in a list', () => {
    expect(() => read(good, good)).toThrow('once');
    expect(() => readDirectSources('{}', new Set(), new ServerPolicy(''))).toThrow('list');
    expect(() => readDirectSources('[', new Set(), new ServerPolicy(''))).toThrow('JSON');
  });
});
