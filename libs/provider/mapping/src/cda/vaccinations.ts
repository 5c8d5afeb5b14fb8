import { findElement, wordsOf } from '@samenhang/xml';
import { concept, findCoding } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { CodeableConcept, Draft } from '../fhir-types.js';
import { momentOf, quantityOf } from './data-types.js';
import { isAdministration, materialOf, productOf } from './medication.js';
import { optional, outermost, type Statement } from './statement.js';

/** Vaccinations that were given or not given, and in other moods those that are to be given. */
export function readVaccinations(entry: Statement): Draft[] {
  return outermost(entry.element, isAdministration).flatMap((element, index) => {
    const one = entry.within(element, String(index));
    const vaccine = productOf(one);
    if (vaccine === undefined) return [];
    return one.mood === 'EVN' ? [givenOf(one, vaccine)] : plannedOf(one, vaccine);
  });
}

/** The code of its product says that it is a vaccine: ATC J07, or a list that has nothing else. */
export function isVaccination(one: Statement): boolean {
  const product = productOf(one);
  return (
    product !== undefined &&
    (findCoding(product, codeSystems.atc)?.code?.startsWith('J07') === true ||
      findCoding(product, codeSystems.cvx) !== undefined)
  );
}

function givenOf(one: Statement, vaccineCode: CodeableConcept): Draft {
  const moment = one.moment ?? one.period?.start;
  const dose = quantityOf(findElement(one.element, 'doseQuantity'), one.document.context);
  return {
    ...one.base('Immunization', 'patient'),
    status: one.isNullified ? 'entered-in-error' : one.isNegated ? 'not-done' : 'completed',
    vaccineCode,
    ...(moment === undefined ? { occurrenceString: 'onbekend' } : { occurrenceDateTime: moment }),
    ...optional('lotNumber', wordsOf(findElement(materialOf(one.element), 'lotNumberText'))),
    ...(dose?.code === undefined ? {} : { doseQuantity: dose }),
  };
}

const calledOff: ReadonlySet<string> = new Set(['aborted', 'cancelled', 'nullified', 'suspended']);

/**
 * FHIR's recommendation cannot say that a vaccination is not to be given or is called off: of that nothing is made. It was made
 * when it was asked for, or else when the document was.
 */
function plannedOf(one: Statement, vaccineCode: CodeableConcept): Draft[] {
  const { element, document } = one;
  if (one.isNegated || calledOff.has(one.status ?? '')) return [];
  const date =
    momentOf(findElement(element, 'author', 'time'), document.context) ??
    momentOf(findElement(document.root, 'effectiveTime'), document.context);
  if (date === undefined) return [];
  const due = one.moment ?? one.period?.start;
  const { note, ...base } = one.base('ImmunizationRecommendation', 'patient');
  const words = one.notes.map(({ text }) => text).join('\n');
  return [
    {
      ...base,
      resourceType: 'ImmunizationRecommendation',
      date,
      recommendation: [
        {
          vaccineCode: [vaccineCode],
          forecastStatus: concept(codeSystems.recommendationStatus, 'due'),
          ...(due === undefined
            ? {}
            : { dateCriterion: [{ code: concept(codeSystems.loinc, '30980-7'), value: due }] }),
          ...(note === undefined ? {} : { description: words }),
        },
      ],
    },
  ];
}
