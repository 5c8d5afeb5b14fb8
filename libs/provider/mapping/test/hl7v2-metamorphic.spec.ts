import fc from 'fast-check';
import { normaliseMessage } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { careMessages } from './support/care-messages.js';
import { accept, bareAdmission, bareResult, hl7, only, puts, settings, source } from './support/messages.js';

type Segments = readonly string[];
const names = Object.keys(careMessages) as (keyof typeof careMessages)[];
const output = (segments: Segments): string => JSON.stringify(normaliseMessage(hl7(...segments)));
const resources = (segments: Segments): string =>
  JSON.stringify(puts(accept(hl7(...segments))).map(({ resource }) => resource));

/** The same message in other delimiters: those of the standard become the given ones, character by character. */
function withDelimiters(segments: Segments, delimiters: string): string[] {
  const from = '|^~\\&';
  return segments.map((segment) => [...segment].map((one) => delimiters[from.indexOf(one)] ?? one).join(''));
}

describe.each(names)('%s', (name) => {
  const segments = careMessages[name];

  it('means the same in other delimiters', () => {
    expect(resources(withDelimiters(segments, '#@!%$'))).toBe(resources(segments));
  });

  it('means the same with empty fields and separators at the ends of its segments', () => {
    const padded = segments.map((segment, index) => (index === 0 ? segment : `${segment}|||`));
    expect(resources(padded)).toBe(resources(segments));
  });

  it('means the same with line ends of any kind', () => {
    for (const end of ['\n', '\r\n']) {
      const content = Buffer.from(segments.join(end) + end);
      expect(JSON.stringify(normaliseMessage({ ...source, format: 'hl7v2', content }))).toBe(
        output(segments),
      );
    }
  });

  it('means the same in ISO 8859-1 as in UTF-8', () => {
    const latin = segments.map((segment) => segment.replace('UNICODE UTF-8', '8859/1')).join('\r');
    const result = normaliseMessage({ ...source, format: 'hl7v2', content: Buffer.from(latin, 'latin1') });
    if (result.outcome === 'rejected') throw new Error('Rejected');
    expect(JSON.stringify(puts(result).map(({ resource }) => resource))).toBe(resources(segments));
  });

  it('names its patient by the same id from another message', () => {
    const patient = puts(accept(hl7(...segments))).find(
      ({ resource }) => resource.resourceType === 'Patient',
    );
    const admitted = only(accept(hl7(...bareAdmission)), 'Patient');
    expect(patient?.resource.id).toBe(admitted.id);
  });
});

const observation = (fields: string): Record<string, unknown> =>
  only(accept(hl7(...bareResult, `OBX|1|NM|2345-7^Glucose^LN||${fields}`)), 'Observation');

describe('a number', () => {
  it('keeps each digit that its source wrote, with a comma as with a point', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9999 }),
        fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 6 }),
        (whole, decimals) => {
          const written = `${whole}.${decimals}`;
          for (const sent of [written, `${whole},${decimals}`]) {
            expect(JSON.stringify(observation(`${sent}|mmol/l|||||F`)['valueQuantity'])).toContain(
              `"value":${written},`,
            );
          }
        },
      ),
    );
  });

  it('5,60 within 4,0 - 5,50 keeps its zeros in value and limits', () => {
    const text = JSON.stringify(observation('5,60|mmol/l|4,0 - 5,50||||F'));
    for (const value of ['5.60', '4.0', '5.50']) expect(text).toContain(`"value":${value},`);
  });
});

describe('a moment', () => {
  const effective = (zone: string, stamp: string): string => {
    const message = hl7(...bareResult, `OBX|1|NM|2345-7^x^LN||5|mmol/l|||||F|||${stamp}`);
    const result = normaliseMessage({ ...message, settings: { ...settings, timeZone: zone } });
    if (result.outcome === 'rejected') throw new Error('Rejected');
    return String(only(result, 'Observation')['effectiveDateTime']);
  };

  it('with an offset is the same instant whatever the zone of the source', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Europe/Amsterdam', 'America/Curacao', 'UTC', 'Asia/Kathmandu'),
        fc.integer({ min: 1, max: 28 }),
        fc.integer({ min: 0, max: 23 }),
        (zone, day, hour) => {
          const stamp = `202603${String(day).padStart(2, '0')}${String(hour).padStart(2, '0')}1530+0200`;
          expect(effective(zone, stamp)).toBe(effective('UTC', stamp));
        },
      ),
    );
  });

  it.each([
    ['2026', '2026'],
    ['202603', '2026-03'],
    ['20260301', '2026-03-01'],
    ['202603011015', '2026-03-01T10:15:00+01:00'],
    ['20260301101530.25', '2026-03-01T10:15:30.25+01:00'],
  ])('%s is no more precise than it was sent', (sent, expected) => {
    expect(effective('Europe/Amsterdam', sent)).toBe(expected);
  });
});

it('names keep their parts, whatever part was used', () => {
  const word = fc.constantFrom('Vries', 'Jansen', 'Yılmaz', 'O’Neill', 'Smit-Bakker', 'Çelik');
  const prefix = fc.constantFrom('', 'de', 'van den', "van 't");
  fc.assert(
    fc.property(
      prefix,
      word,
      prefix,
      word,
      fc.boolean(),
      (ownPrefix, own, partnerPrefix, partner, partnerFirst) => {
        fc.pre(!own.includes(partner) && !partner.includes(own));
        const [ownWhole, partnerWhole] = [`${ownPrefix} ${own}`.trim(), `${partnerPrefix} ${partner}`.trim()];
        const full = partnerFirst ? `${partnerWhole} - ${ownWhole}` : `${ownWhole} - ${partnerWhole}`;
        const surname = [full, ownPrefix, own, partnerPrefix, partner].join('&');
        const pid = `PID|1||1234567^^^^PI||${surname}^Anna^^^^^L`;
        const [name] = only(accept(hl7(...bareAdmission.slice(0, 2), pid)), 'Patient')['name'] as Record<
          string,
          unknown
        >[];
        expect(name?.['family']).toBe(full);
        expect(name?.['extension']).toMatchObject([{ valueCode: partnerFirst ? 'NL3' : 'NL4' }]);
        const parts = JSON.stringify(name?.['_family']);
        for (const part of [ownPrefix, own, partnerPrefix, partner]) expect(parts).toContain(part);
      },
    ),
  );
});
