import { identifierSystems } from '@samenhang/data-model';
import { isObject } from '../fhir/bundle-entries.js';
import { normaliseEntries } from '../fhir/normalise-fhir.js';
import type { Draft, Identifier, Reference } from '../fhir-types.js';
import type { MessageMapping } from '../message-mapping.js';
import { uuidV5 } from '../resource-id.js';
import { rejection } from '../source-message.js';
import { checkTableMapping } from './check-table-mapping.js';
import { setAt, withoutGaps } from './element-path.js';
import { RowReader, type Row } from './row-reader.js';
import type { TableMapping, TableResource } from './table-mapping.js';

/** Where a resource of each type says whose it is. */
const patientElement: Readonly<Record<string, string>> = {
  AllergyIntolerance: 'patient',
  Consent: 'patient',
  Coverage: 'beneficiary',
  Device: 'patient',
  EpisodeOfCare: 'patient',
  Immunization: 'patient',
  ImmunizationRecommendation: 'patient',
  NutritionOrder: 'patient',
  RelatedPerson: 'patient',
};

/** Declarations that were checked, by their text: each message brings its own copy of the source's settings. */
const checked = new Map<string, TableMapping>();
const MOST_CHECKED = 200;

/**
 * One row of a table, by the mapping that its source declares, to resources; from there as any FHIR R4.
 *
 * @throws MessageRejected
 */
export function normaliseRow(content: unknown, mapping: MessageMapping): void {
  const table = mappingOf(mapping.settings.table);
  const row = rowOf(content);
  const reader = new RowReader(row, table.codes, mapping);
  const identifiers = identifiersOf(table, reader, mapping);
  const resources = table.resources.filter(({ when }) => reader.holds(when));
  const named = new Map(
    resources.flatMap((one) => (one.name === undefined ? [] : [[one.name, one] as const])),
  );
  const makesPatient = resources.some(({ resourceType }) => resourceType === 'Patient');
  const entries = resources.map((resource) => ({
    resource: makeResource(resource, { reader, identifiers, makesPatient, named, mapping }),
    fullUrl: undefined,
    deletes: undefined,
    location: `row.${resource.name ?? resource.resourceType}`,
  }));
  reader.observeColumns(table);
  normaliseEntries(entries, mapping);
}

function mappingOf(declared: object | undefined): TableMapping {
  const text = declared === undefined ? '' : JSON.stringify(declared);
  const known = checked.get(text);
  if (known !== undefined) return known;
  const outcome = checkTableMapping(declared);
  if ('problems' in outcome)
    throw rejection(
      'no-table-mapping',
      'settings.table',
      'The source declares no mapping of its table that holds',
    );
  if (checked.size >= MOST_CHECKED) checked.clear();
  checked.set(text, outcome.mapping);
  return outcome.mapping;
}

function rowOf(content: unknown): Row {
  if (!isObject(content))
    throw rejection('not-a-row', '$this', 'The content is not a row: an object of column to text');
  const texts = Object.entries(content).flatMap(([column, value]) => {
    if (value === null) return [];
    if (typeof value === 'string') return [[column, value] as const];
    if (typeof value === 'number' || typeof value === 'boolean') return [[column, String(value)] as const];
    throw rejection('not-a-row', 'row', 'A column of the row holds neither text nor a number');
  });
  return new Map(texts);
}

function identifiersOf(table: TableMapping, reader: RowReader, mapping: MessageMapping): Identifier[] {
  const identifiers = table.patient.identifiers.flatMap(({ column, system }) => {
    const value = reader.find(column);
    if (value === undefined) return [];
    const known = system ?? mapping.settings.localIdentifierSystem;
    return [{ system: known, value: known === identifierSystems.bsn ? value.padStart(9, '0') : value }];
  });
  if (identifiers.length === 0)
    throw rejection('no-patient', 'row', 'None of the columns that identify the patient is filled');
  // Other numbers go before the BSN: they do not change when a BSN becomes known.
  return identifiers.toSorted((one, other) => Number(isBsn(one)) - Number(isBsn(other)));
}

function isBsn({ system }: Identifier): boolean {
  return system === identifierSystems.bsn;
}

interface RowContext {
  readonly reader: RowReader;
  readonly identifiers: readonly Identifier[];
  readonly makesPatient: boolean;
  readonly named: ReadonlyMap<string, TableResource>;
  readonly mapping: MessageMapping;
}

function makeResource(resource: TableResource, context: RowContext): Draft {
  const { resourceType, elements } = resource;
  const draft: Draft = { resourceType };
  for (const [path, value] of Object.entries(elements)) {
    if (!context.reader.holds(value.when ?? [])) continue;
    const found =
      'reference' in value
        ? referenceTo(value.reference, context)
        : context.reader.read(value, path, resourceType);
    if (found !== undefined) setAt(draft, path, found);
  }
  const made = withoutGaps(draft) as Draft;
  if (resourceType === 'Patient') {
    made.identifier = [...context.identifiers, ...(made.identifier ?? [])].map((one) => ({ ...one }));
    return made;
  }
  if (!context.mapping.tables.supporting.has(resourceType) || resourceType === 'Device') {
    const element = patientElement[resourceType] ?? 'subject';
    if (made[element] === undefined) nameThePatient(made, element, context);
  }
  return { ...made, id: idOf(resource, context) };
}

/** Where the row makes no Patient, every number it has of them goes along: one alone would lose the BSN. */
function nameThePatient(made: Draft, element: string, { identifiers, makesPatient }: RowContext): void {
  if (makesPatient || identifiers.length === 1) {
    made[element] = patientReference(identifiers);
    return;
  }
  const identifier = identifiers.map((one) => ({ ...one }));
  made.contained = [...(made.contained ?? []), { resourceType: 'Patient', id: 'patient', identifier }];
  made[element] = { reference: '#patient', type: 'Patient' };
}

/** By number: the Patient itself may come in another row, another table, or not at all. */
function patientReference(identifiers: readonly Identifier[]): Reference {
  const [local] = identifiers;
  return { type: 'Patient', ...(local === undefined ? {} : { identifier: { ...local } }) };
}

function referenceTo(name: string, context: RowContext): Reference | undefined {
  const target = context.named.get(name);
  if (target === undefined) return undefined;
  if (target.resourceType === 'Patient') return patientReference(context.identifiers);
  return { reference: `${target.resourceType}/${idOf(target, context)}`, type: target.resourceType };
}

/** The same key columns name the same thing in the next delivery. */
function idOf({ name, resourceType, key }: TableResource, { reader, mapping }: RowContext): string {
  const values = key.map((column) => reader.find(column) ?? '');
  if (values.every((value) => value === ''))
    throw rejection('no-key', 'row', 'None of the columns that name the thing is filled');
  return uuidV5(JSON.stringify([mapping.message.sourceId, name ?? '', resourceType, ...values]));
}
