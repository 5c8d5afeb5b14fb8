import fc from 'fast-check';
import { validateResource } from '@samenhang/fhir-r4';
import { normaliseMessage } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { careMessages } from './support/care-messages.js';
import { sourceBundle } from './support/fhir-resources.js';
import { accept, bareAdmission, bareResult, fhir, hl7, only, puts } from './support/messages.js';

const observation = 'OBX|1|NM|2345-7^Glucose^LN||5,6|mmol/l|4,0 - 5,5|H|||F';

describe('the same message', () => {
  it.each([
    ['FHIR', fhir(sourceBundle())],
    ['HL7 v2', hl7(...bareResult, observation)],
  ])('gives the same bytes (%s)', (_kind, message) => {
    expect(JSON.stringify(normaliseMessage(message))).toBe(JSON.stringify(normaliseMessage(message)));
  });

  it('leaves what it was given untouched', () => {
    const message = fhir(sourceBundle());
    const before = Buffer.from(message.content);
    normaliseMessage(message);
    expect(message.content.equals(before)).toBe(true);
  });
});

it('gives valid R4, each resource once, all references resolvable or logical', () => {
  const resources = puts(accept(fhir(sourceBundle()))).map(({ resource }) => resource);
  for (const resource of resources) expect(validateResource(resource)).toEqual([]);
  const names = resources.map(({ resourceType, id }) => `${resourceType}/${id}`);
  expect(new Set(names).size).toBe(names.length);
  const references = [...JSON.stringify(resources).matchAll(/"reference":"([A-Z][A-Za-z]+\/[^"]+)"/g)].map(
    ([, name]) => name,
  );
  for (const name of references) expect(names).toContain(name);
});

const anySegments = (
  'PID PV1 PV2 NK1 AL1 IAM DG1 PR1 IN1 ROL PRT OBR OBX NTE SPM PD1 MRG ORC TQ1 RXO RXE RXD RXA RXR RXC TXA SCH AIS AIP ' +
  'AIL AIG RGS PRB GOL RF1 PRD ZZZ'
).split(' ');

describe('no content makes it throw', () => {
  const fields = fc.array(
    fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('""', '^^^', '~~', '20260231', '5,6', 'F', '&&x')),
    { maxLength: 48 },
  );
  const segment = fc.tuple(fc.constantFrom(...anySegments), fields);

  it.each([
    [bareAdmission],
    [bareResult],
    ...Object.values(careMessages).map((segments): [readonly string[]] => [segments]),
  ])('HL7 v2 with any segments behind %s', (start) => {
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        const lines = segments.map(([name, values]) =>
          [name, ...values.map((value) => value.replace(/[\r\n]/g, ' '))].join('|'),
        );
        const result = normaliseMessage(hl7(...start, ...lines));
        expect(result.issues.map(({ code }) => code)).not.toContain('mapping-failed');
        if (result.outcome === 'rejected') return;
        for (const change of result.changes) {
          if (change.action === 'put') expect(validateResource(change.resource)).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('JSON of any shape', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.constantFrom('Patient', 'Observation', 'Bundle', 'Condition', 'Medication'),
        (json, resourceType) => {
          const value = JSON.parse(json) as unknown;
          const content = {
            resourceType,
            id: 'x',
            entry: value,
            code: value,
            subject: value,
            contained: value,
            identifier: value,
            extension: value,
          };
          expect(normaliseMessage(fhir(content)).issues.map(({ code }) => code)).not.toContain(
            'mapping-failed',
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('decimals', () => {
  it('leave as the source wrote them', () => {
    const glucose = JSON.stringify({
      resourceType: 'Observation',
      id: 'o1',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '2345-7' }] },
      subject: { type: 'Patient', identifier: { system: 'https://noord.example/patients', value: '7' } },
      valueQuantity: { value: 0, system: 'http://unitsofmeasure.org', code: 'mmol/L' },
    });
    for (const written of ['5.60', '0.010', '1E3', '12345678901234567890', '5.6']) {
      const content = Buffer.from(glucose.replace('"value":0', `"value":${written}`));
      const observation = only(accept({ ...fhir({}), content }), 'Observation');
      expect(JSON.stringify(observation['valueQuantity'])).toContain(`"value":${written},`);
    }
  });
});
