import { isObject, type Invariant, type JsonObject } from './compiled-type.js';

/**
 * The invariants of R4 that matter for the meaning of clinical data, by type. Each is the FHIRPath of the specification
 * written out; the key is the specification's.
 */
function has(object: JsonObject, ...names: string[]): boolean {
  for (const name of names) if (object[name] !== undefined) return true;
  return false;
}

const VALUE = /^_?value[A-Z]/;

function hasValue(object: JsonObject): boolean {
  for (const key in object) if (VALUE.test(key)) return true;
  return false;
}

const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

function hasCode(concept: unknown, code: string): boolean {
  return isObject(concept) && list(concept['coding']).some((coding) => coding['code'] === code);
}

function codesOfConcept(concept: unknown): Set<unknown> {
  return new Set(isObject(concept) ? list(concept['coding']).map((coding) => coding['code']) : []);
}

/** As long as a moment is up to its seconds: what comes behind is their fraction and the zone. */
const SECONDS = 'YYYY-MM-DDThh:mm:ss'.length;

/** Compares as far as both are precise: an end without a time of day is not before a start on that day. */
function isChronological(start: unknown, end: unknown): boolean {
  if (typeof start !== 'string' || typeof end !== 'string') return true;
  const length = Math.min(start.length, end.length);
  if (length <= 10) return start.slice(0, length) <= end.slice(0, length);
  if (start.length === end.length && start.slice(SECONDS) === end.slice(SECONDS)) return start <= end;
  const [from, until] = [Date.parse(start), Date.parse(end)];
  return Number.isNaN(from) || Number.isNaN(until) || from <= until;
}

const isEnteredInError = (object: JsonObject): boolean =>
  hasCode(object['verificationStatus'], 'entered-in-error');

const rules: Readonly<Record<string, readonly Invariant[]>> = {
  Extension: [
    {
      key: 'ext-1',
      text: 'an extension has either a value or extensions',
      holds: (extension) => has(extension, 'extension') !== hasValue(extension),
    },
  ],
  Period: [
    {
      key: 'per-1',
      text: 'the start is not after the end',
      holds: (period) => isChronological(period['start'], period['end']),
    },
  ],
  Quantity: [
    {
      key: 'qty-3',
      text: 'a code for the unit needs its system',
      holds: (quantity) => !has(quantity, 'code') || has(quantity, 'system', '_system'),
    },
  ],
  Ratio: [
    {
      key: 'rat-1',
      text: 'numerator and denominator are both present or both absent',
      holds: (ratio) =>
        has(ratio, 'numerator') === has(ratio, 'denominator') &&
        (has(ratio, 'numerator') || has(ratio, 'extension')),
    },
  ],
  ContactPoint: [
    {
      key: 'cpt-2',
      text: 'a value needs a system',
      holds: (point) => !has(point, 'value') || has(point, 'system', '_system'),
    },
  ],
  Reference: [
    {
      key: 'ref-1',
      text: 'a reference has a literal, an identifier, a display or extensions',
      holds: (reference) =>
        has(reference, 'reference', 'identifier', 'display', 'extension', '_reference', '_display'),
    },
  ],
  'Patient.contact': [
    {
      key: 'pat-1',
      text: 'a contact has details',
      holds: (contact) => has(contact, 'name', 'telecom', 'address', 'organization'),
    },
  ],
  Observation: [
    {
      key: 'obs-6',
      text: 'a reason for absence only without a value',
      holds: (observation) => !has(observation, 'dataAbsentReason') || !hasValue(observation),
    },
    { key: 'obs-7', text: 'no value when a component has the same code', holds: hasNoComponentOfSameCode },
  ],
  'Observation.component': [
    {
      key: 'obs-6',
      text: 'a reason for absence only without a value',
      holds: (component) => !has(component, 'dataAbsentReason') || !hasValue(component),
    },
  ],
  'Observation.referenceRange': [
    {
      key: 'obs-3',
      text: 'a reference range has a low, a high or a text',
      holds: (range) => has(range, 'low', 'high', 'text', '_text'),
    },
  ],
  AllergyIntolerance: [
    {
      key: 'ait-1',
      text: 'clinicalStatus is present unless entered in error',
      holds: (allergy) => has(allergy, 'clinicalStatus') || isEnteredInError(allergy),
    },
    {
      key: 'ait-2',
      text: 'clinicalStatus is absent when entered in error',
      holds: (allergy) => !(has(allergy, 'clinicalStatus') && isEnteredInError(allergy)),
    },
  ],
  Condition: [
    {
      key: 'con-4',
      text: 'an abated condition is inactive, resolved or in remission',
      holds: (condition) =>
        !Object.keys(condition).some((key) => key.startsWith('abatement')) ||
        ['inactive', 'resolved', 'remission'].some((code) => hasCode(condition['clinicalStatus'], code)),
    },
    {
      key: 'con-5',
      text: 'clinicalStatus is absent when entered in error',
      holds: (condition) => !(has(condition, 'clinicalStatus') && isEnteredInError(condition)),
    },
  ],
  'Timing.repeat': [
    {
      key: 'tim-1',
      text: 'a duration needs its unit',
      holds: (repeat) => !has(repeat, 'duration') || has(repeat, 'durationUnit'),
    },
    {
      key: 'tim-2',
      text: 'a period needs its unit',
      holds: (repeat) => !has(repeat, 'period') || has(repeat, 'periodUnit'),
    },
  ],
  'Bundle.entry': [
    {
      key: 'bdl-5',
      text: 'an entry has a resource unless it is a request or a response',
      holds: (entry) => has(entry, 'resource', 'request', 'response'),
    },
  ],
};

function hasNoComponentOfSameCode(observation: JsonObject): boolean {
  if (!has(observation, 'component') || !hasValue(observation)) return true;
  const own = codesOfConcept(observation['code']);
  return !list(observation['component']).some((component) =>
    [...codesOfConcept(component['code'])].some((code) => code !== undefined && own.has(code)),
  );
}

export function invariantsOf(name: string, lineage: readonly string[]): readonly Invariant[] {
  return [...lineage.filter((ancestor) => ancestor !== name), name].flatMap((type) => rules[type] ?? []);
}
