import { findElement, wordsOf, type XmlElement } from '@samenhang/xml';
import type { CodeableConcept, Draft, Extension } from '../fhir-types.js';
import { codeOf, partsOf } from './cda-document.js';
import { conceptOf, momentOf, wordsOfElement } from './data-types.js';
import { type NamedDraft } from './header.js';
import { readProblems } from './problems-and-allergies.js';
import { optional, type EntryDrafts, type Statement } from './statement.js';

const advice = '11816003';
const diet = '41829006';
const consistency = '229961002';
const ofTheAdvice: ReadonlySet<string> = new Set([diet, consistency, '48767-8']);

export function isNutritionAdvice({ element }: Statement): boolean {
  return element.name === 'act' && codeOf(element) === advice;
}

const statuses: Readonly<Record<string, string>> = {
  completed: 'completed',
  suspended: 'on-hold',
  aborted: 'revoked',
  cancelled: 'revoked',
  nullified: 'entered-in-error',
};
const intents: Readonly<Record<string, string>> = { PRP: 'proposal', INT: 'plan' };

/** Template 2.16.840.1.113883.2.4.3.11.60.121.10.9: the kind of diet, its consistency, and the problem it is for. */
export function readNutritionAdvice(one: Statement): EntryDrafts {
  const moment = one.moment ?? momentOf(findElement(one.element, 'author', 'time'), one.document.context);
  if (moment === undefined) return { facts: [], others: [] };
  const { references, drafts } = one.professionals('author');
  const problems = problemsOf(one);
  const words = wordsOfElement(findElement(one.element, 'text'), one.document.context);
  const base = one.base('NutritionOrder', 'patient');
  const notes = [...(words === undefined ? [] : [{ text: words }]), ...one.notes];
  const [orderer] = references;
  const order: Draft = {
    ...base,
    ...(problems[0] === undefined ? {} : { extension: [indicationOf(problems[0])] }),
    status: statuses[one.status ?? ''] ?? 'active',
    intent: intents[one.mood] ?? 'order',
    dateTime: moment,
    ...optional('orderer', orderer),
    ...optional('oralDiet', oralDietOf(one)),
    ...(notes.length === 0 ? {} : { note: notes }),
  };
  return { facts: [order], others: [...drafts, ...problems] };
}

function oralDietOf(one: Statement): object | undefined {
  const types = said(one, diet);
  const modifiers = said(one, consistency);
  if (types.length === 0 && modifiers.length === 0) return undefined;
  return {
    ...(types.length === 0 ? {} : { type: types }),
    ...(modifiers.length === 0 ? {} : { texture: modifiers.map((modifier) => ({ modifier })) }),
  };
}

/** What the parts with a code say, as a concept or in words. */
function said({ element, document }: Statement, code: string): CodeableConcept[] {
  return partsOf(element)
    .filter((part) => codeOf(part) === code)
    .flatMap((part) => {
      const value = findElement(part, 'value');
      const coded = conceptOf(value, document.context);
      if (coded !== undefined) return [coded];
      const text = wordsOf(value) ?? wordsOfElement(findElement(part, 'text'), document.context);
      return text === undefined ? [] : [{ text }];
    });
}

function problemsOf(one: Statement): NamedDraft[] {
  const isAbout = (part: XmlElement): boolean => !ofTheAdvice.has(codeOf(part) ?? '');
  return partsOf(one.element)
    .filter(isAbout)
    .flatMap((part, index) => readProblems(one.within(part, `indication-${String(index)}`)))
    .map((resource, index) => ({
      fullUrl: `urn:cda:indication:${one.key}-${String(index)}`,
      resource,
    }));
}

function indicationOf({ fullUrl }: NamedDraft): Extension {
  return {
    url: 'http://hl7.org/fhir/StructureDefinition/workflow-reasonReference',
    valueReference: { reference: fullUrl, type: 'Condition' },
  };
}
