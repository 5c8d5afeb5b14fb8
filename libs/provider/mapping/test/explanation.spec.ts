import fc from 'fast-check';
import {
  explainElement,
  leafPaths,
  normaliseMessage,
  type Explanation,
  type SourceMessage,
} from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { bgzDocument } from './support/bgz-document.js';
import { careMessages } from './support/care-messages.js';
import { sourceBundle } from './support/fhir-resources.js';
import { laboratoryTable } from './support/laboratory-table.js';
import { accept, fhir, hl7, msh, puts, resources, settings, source } from './support/messages.js';
import { stu3Bundle } from './support/stu3-resources.js';

async function explain(message: SourceMessage, type: string, path: string): Promise<Explanation> {
  const id = resources(accept(message), type)[0]?.id ?? '';
  const explanation = await explainElement(message, { resourceType: type, id, path });
  if (typeof explanation === 'string') throw new Error(explanation);
  return explanation;
}

const pathsOf = ({ places }: Explanation, effect: string): string[] =>
  places.filter((place) => place.effect === effect).map(({ path }) => path);

const result = hl7(
  msh('ORU^R01^ORU_R01'),
  'PID|1||1234567^^^^PI||Jansen^Anna||19700102|F',
  'OBR|1|P1|F1|24323-8^Panel^LN|||202607010815|||||||||||||||||CH|F',
  'OBX|1|NM|2345-7^Glucose^LN||5,6|mmol/l|3.5-6.0|H|||F',
  'OBX|2|NM|2823-3^Kalium^LN||4.1|mmol/l||||||F',
);

describe('an element of an HL7 v2 message', () => {
  it('comes from the field that its value stands in, with its bytes', async () => {
    const { places, ...rest } = await explain(result, 'Observation', 'value.ofType(Quantity).value');
    expect(rest).toMatchObject({ from: 'source', complete: true, rule: { format: 'hl7v2' } });
    const [place] = places.filter(({ effect }) => effect === 'value');
    const bytes = place?.bytes ?? { start: 0, end: 0 };
    expect(place?.path).toBe('OBX-5');
    expect(result.content.subarray(bytes.start, bytes.end).toString()).toBe('5,6');
    expect(places.every(({ path }) => !path.startsWith('OBX[2]'))).toBe(true);
  });

  it('names the fields that it is made of, and the entry of the table that gave its code', async () => {
    const unit = await explain(result, 'Observation', 'valueQuantity.code');
    expect(pathsOf(unit, 'value')).toContain('OBX-6');
    expect(unit.rule.tables).toEqual([{ table: 'units', entry: 'mmol/l' }]);
    const gender = await explain(result, 'Patient', 'gender');
    expect(pathsOf(gender, 'value')).toEqual(['PID-8']);
    expect(gender.rule.tables).toContainEqual({ table: 'hl7-tables/0001', entry: 'F' });
  });

  it('names a status though leaving it out would give the same', async () => {
    expect(pathsOf(await explain(result, 'Observation', 'status'), 'value')).toContain('OBX-11');
  });

  it('comes from a setting, or from a field and a setting', async () => {
    expect(await explain(result, 'Patient', 'identifier[0].system')).toMatchObject({
      settings: expect.arrayContaining([{ name: 'localIdentifierSystem', effect: 'value' }]) as unknown,
    });
    expect((await explain(result, 'Patient', 'meta.source')).from).toBe('setting');
    const moment = await explain(result, 'Observation', 'effectiveDateTime');
    expect(pathsOf(moment, 'value')).toEqual(['OBR-7']);
    expect(moment.settings).toContainEqual({ name: 'timeZone', effect: 'value' });
  });

  it('comes from the rule when no place of the message can change it', async () => {
    const profile = await explain(result, 'Observation', 'valueQuantity.system');
    expect(profile).toMatchObject({ from: 'rule' });
    expect(pathsOf(profile, 'condition')).toContain('OBX-5');
  });

  it('says what does not exist, and never what stands in the message', async () => {
    const target = { resourceType: 'Patient', id: 'x', path: 'gender' };
    expect(await explainElement(result, target)).toBe('no-such-resource');
    const [patient] = resources(accept(result), 'Patient');
    const id = patient?.id ?? '';
    expect(await explainElement(result, { ...target, id, path: 'deceased' })).toBe('no-such-element');
    expect(await explainElement(result, { ...target, id, path: 'name.where(use = "x")' })).toBe('not-a-path');
    expect(JSON.stringify(await explain(result, 'Patient', 'name'))).not.toMatch(/Jansen|1234567/);
  });
});

describe('an element of another feed', () => {
  it('comes from an element of a FHIR resource', async () => {
    const message = fhir(sourceBundle());
    const family = await explain(message, 'Patient', 'name[0].family');
    expect(family.from).toBe('source');
    expect(pathsOf(family, 'value').every((path) => /^Bundle\.entry\[\d+\]\.resource\.name/.test(path))).toBe(
      true,
    );
  });

  it('comes from an element of an STU3 resource', async () => {
    const message: SourceMessage = {
      ...source,
      format: 'fhir-stu3',
      content: Buffer.from(JSON.stringify(stu3Bundle())),
    };
    const birthDate = await explain(message, 'Patient', 'birthDate');
    expect(pathsOf(birthDate, 'value')).toEqual([
      expect.stringMatching(/^Bundle\.entry\[\d+\]\.resource\.birthDate$/),
    ]);
  });

  it('comes from an element of a document, with its bytes', async () => {
    const message: SourceMessage = { ...source, format: 'cda', content: Buffer.from(bgzDocument) };
    const { places } = await explain(message, 'Patient', 'birthDate');
    const place = places.find(({ effect }) => effect === 'value');
    expect(place?.path).toMatch(/recordTarget\[0\]\/patientRole\[0\]\/patient\[0\]\/birthTime\[0\]\/@value$/);
    expect(message.content.subarray(place?.bytes?.start, place?.bytes?.end).toString()).toMatch(/^19320924/);
  });

  it('comes from a column, by the declaration of the table', async () => {
    const columns = {
      patnr: '4711',
      naam: 'Jansen',
      geslacht: 'V',
      monster: 'M1',
      bepaling: 'KAL',
      uitslag: '4,10',
    };
    const message: SourceMessage = {
      ...source,
      settings: { ...settings, table: laboratoryTable },
      format: 'table-row',
      content: Buffer.from(JSON.stringify({ ...columns, eenheid: 'mmol/l', tijd: '22-11-2026 08:15' })),
    };
    const value = await explain(message, 'Observation', 'valueQuantity.value');
    expect(pathsOf(value, 'value')).toEqual(['uitslag']);
    const gender = await explain(message, 'Patient', 'gender');
    expect(pathsOf(gender, 'value')).toEqual(['geslacht']);
    expect(gender.settings.some(({ name }) => name.startsWith('table.'))).toBe(true);
  });
});

const names = Object.keys(careMessages) as (keyof typeof careMessages)[];

describe('every element of every resource', () => {
  it('is explained, and by what changes it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.nat(), async (name, one, other) => {
        const message = hl7(...careMessages[name]);
        const made = puts(accept(message));
        const { resource } = made[one % made.length] ?? {};
        if (resource === undefined) return;
        const paths = leafPaths(resource);
        const path = paths[other % paths.length] ?? 'id';
        const { resourceType, id } = resource;
        const explanation = await explainElement(message, { resourceType, id, path });
        if (typeof explanation === 'string') throw new Error(`${path}: ${explanation}`);
        expect(explanation.complete).toBe(true);
        expectCovered(message, explanation, resourceType, id);
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});

/** Any word that it does not name can be left out, and the element is as it was. */
function expectCovered(message: SourceMessage, explanation: Explanation, type: string, id: string): void {
  const text = message.content.toString('latin1');
  const named = explanation.places.map(({ bytes }) => bytes);
  for (const match of text.matchAll(/[A-Za-z0-9.]+/g)) {
    if (
      match.index < 9 ||
      named.some(
        (bytes) =>
          bytes !== undefined && match.index < bytes.end && match.index + match[0].length > bytes.start,
      )
    )
      continue;
    if (/^[A-Z][A-Z0-9]{2}$/.test(match[0]) && (match.index === 0 || text[match.index - 1] === '\r'))
      continue;
    const content = Buffer.from(
      text.slice(0, match.index) + text.slice(match.index + match[0].length),
      'latin1',
    );
    const changed = normaliseMessage({ ...message, content });
    if (changed.outcome === 'rejected') throw new Error(`${explanation.path} would go with ${match[0]}`);
    const before = JSON.stringify(leafOf(accept(message), type, id, explanation.path));
    const after = JSON.stringify(leafOf(changed, type, id, explanation.path));
    if (after !== undefined)
      expect({ path: explanation.path, without: match[0], after }).toEqual({
        path: explanation.path,
        without: match[0],
        after: before,
      });
  }
}

function leafOf(result: ReturnType<typeof accept>, type: string, id: string, path: string): unknown {
  const resource = resources(result, type).find((one) => one.id === id);
  return path
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], resource);
}
