import {
  AskingTables,
  currentMapping,
  explainElement,
  mappingWithTerms,
  normaliseMessage,
  type Mapping,
  type PinnedTranslation,
} from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { fhir, profile } from './support/messages.js';

const ICD9 = 'http://hl7.org/fhir/sid/icd-9-cm';
const SNOMED = 'http://snomed.info/sct';
const pinned: PinnedTranslation = {
  binding: 'ProbleemNaam',
  system: ICD9,
  code: '401.9',
  target: { system: SNOMED, code: '59621000', display: 'Essential hypertension' },
};
const condition = (system: string, code: string): object => ({
  resourceType: 'Condition',
  id: 'c',
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
  },
  code: { coding: [{ system, code, display: 'Hypertensie' }], text: 'hoge bloeddruk' },
  subject: { reference: 'Patient/p' },
});
const withTerms = (...translations: PinnedTranslation[]): Mapping =>
  mappingWithTerms(currentMapping, { version: 5, translations });

function made(
  message: object,
  mapping: Mapping,
): { code: { coding: object[]; text: string }; meta: object; id: string } {
  const result = normaliseMessage(fhir(message), mapping);
  if (result.outcome === 'rejected') throw new Error(result.issues[0]?.code);
  const [change] = result.changes.filter((one) => one.action === 'put');
  return JSON.parse(JSON.stringify(change?.action === 'put' ? change.resource : {})) as ReturnType<
    typeof made
  >;
}

describe('a pinned answer of a terminology server', () => {
  it('stands beside the coding of the source, which keeps its words', () => {
    const { code, meta } = made(condition(ICD9, '401.9'), withTerms(pinned));
    expect(code).toEqual({
      coding: [{ system: ICD9, code: '401.9', display: 'Hypertensie' }, pinned.target],
      text: 'hoge bloeddruk',
    });
    expect(meta).toHaveProperty('profile', profile('nl-core-Problem'));
    expect(withTerms(pinned).version).toBe(`${currentMapping.version}+tables.0.terms.5`);
  });

  it('is used only where the binding names its system, and not once it is withdrawn', () => {
    const elsewhere = { ...pinned, target: { system: 'urn:elsewhere', code: '1' } };
    for (const mapping of [withTerms(elsewhere), withTerms({ ...pinned, target: null }), currentMapping])
      expect(made(condition(ICD9, '401.9'), mapping).code.coding).toHaveLength(1);
  });

  it('changes nothing of what needs no translation, or was translated already', () => {
    const coded = condition(SNOMED, '38341003');
    expect(made(coded, withTerms(pinned))).toEqual(made(coded, currentMapping));
    const once = made(condition(ICD9, '401.9'), withTerms(pinned));
    expect(made(once, withTerms(pinned)).code).toEqual(once.code);
  });

  it('is named by an explanation', async () => {
    const message = fhir(condition(ICD9, '401.9'));
    const { id } = made(condition(ICD9, '401.9'), withTerms(pinned));
    const target = { resourceType: 'Condition', id, path: 'code.coding[1].code' };
    expect(await explainElement(message, target, withTerms(pinned))).toMatchObject({
      rule: {
        tables: expect.arrayContaining([
          { table: 'terminology/ProbleemNaam', entry: `${ICD9}|401.9` },
        ]) as unknown,
      },
      mappingVersion: `${currentMapping.version}+tables.0.terms.5`,
    });
  });
});

describe('what is asked of a terminology server', () => {
  const questionsOf = (message: object, mapping: Mapping = currentMapping): object[] => {
    const asking = AskingTables.of(mapping);
    normaliseMessage(fhir(message), asking);
    return asking.tables.takeQuestions();
  };

  it('is a code that satisfies no binding, once', () => {
    expect(questionsOf(condition(ICD9, '401.9'))).toEqual([
      { binding: 'ProbleemNaam', system: ICD9, code: '401.9' },
    ]);
    expect(questionsOf(condition(SNOMED, '38341003'))).toEqual([]);
    expect(questionsOf(condition(ICD9, '401.9'), withTerms(pinned))).toEqual([]);
    expect(questionsOf(condition(ICD9, '401.9'), withTerms({ ...pinned, target: null }))).toEqual([]);
  });

  it('is never words, a number of a person, or a code that only its sender knows', () => {
    expect(questionsOf(condition(ICD9, 'hoge bloeddruk van Jansen'))).toEqual([]);
    expect(questionsOf(condition('https://noord.example/codes/lab', '900186021'))).toEqual([]);
    expect(questionsOf(condition('https://noord.example/codes/local', '12'))).toEqual([]);
  });

  it('does not change what is made', () => {
    const message = condition(ICD9, '401.9');
    expect(made(message, AskingTables.of(currentMapping))).toEqual(made(message, currentMapping));
  });
});
