import type { FhirResource } from '@samenhang/data-model';
import { attachmentsOf } from './attachments.js';
import { choiceOf, findText, recordOf, recordsOf, textsOf, type Json } from './fhir-shape.js';

export interface FactDescription {
  readonly label: string;
  readonly date?: string;
  readonly value?: string;
  readonly status?: string;
}

/** Finds a resource that another refers to. */
export type Resolve = (reference: string) => Json | undefined;

const codeElement: Readonly<Record<string, string>> = {
  Immunization: 'vaccineCode',
  Encounter: 'type',
  DocumentReference: 'type',
  DocumentManifest: 'type',
  Composition: 'type',
};
const dateStems: Readonly<Record<string, readonly string[]>> = {
  Observation: ['effective', 'issued'],
  Condition: ['onset', 'recordedDate'],
  AllergyIntolerance: ['onset', 'recordedDate'],
  MedicationRequest: ['authoredOn'],
  MedicationDispense: ['whenHandedOver', 'whenPrepared'],
  MedicationStatement: ['effective', 'dateAsserted'],
  Encounter: ['period'],
  Procedure: ['performed'],
  Immunization: ['occurrence'],
  DocumentReference: ['date'],
  DocumentManifest: ['created'],
  Composition: ['date'],
  DiagnosticReport: ['effective', 'issued'],
  Flag: ['period'],
  CarePlan: ['period', 'created'],
  Appointment: ['start'],
  ServiceRequest: ['occurrence', 'authoredOn'],
  Consent: ['dateTime'],
};

/** The few words by which people recognise a fact. The resource itself remains the source of truth. */
export function describeFact(resource: FhirResource, resolve: Resolve): FactDescription {
  return withoutAbsent({
    label: labelOf(resource, resolve) ?? `${resource.resourceType} without a description`,
    date: dateOf(resource),
    value: valueOf(resource),
    status: statusOf(resource),
  });
}

function withoutAbsent(parts: { label: string } & Record<string, string | undefined>): FactDescription {
  return Object.fromEntries(
    Object.entries(parts).filter(([, part]) => part !== undefined),
  ) as unknown as FactDescription;
}

/** Text of a CodeableConcept, or of the first one in a list that has any. */
export function conceptText(value: unknown): string | undefined {
  const concepts = Array.isArray(value) ? recordsOf(value) : [recordOf(value)];
  for (const concept of concepts) {
    const codings = recordsOf(concept['coding']);
    const display = codings.map((coding) => findText(coding['display'])).find((text) => text !== undefined);
    const code = codings.map((coding) => findText(coding['code'])).find((text) => text !== undefined);
    const text = findText(concept['text']) ?? display ?? code;
    if (text !== undefined) return text;
  }
  return undefined;
}

function labelOf(resource: FhirResource, resolve: Resolve): string | undefined {
  const medication = choiceOf(resource, 'medication');
  if (medication?.type === 'CodeableConcept') return conceptText(medication.value);
  if (medication?.type === 'Reference') return medicationText(resource, recordOf(medication.value), resolve);
  const coded = conceptText(resource[codeElement[resource.resourceType] ?? 'code']) ?? titleOf(resource);
  if (coded !== undefined || resource.resourceType !== 'Encounter') return coded;
  const kind = recordOf(resource['class']);
  return findText(kind['display']) ?? findText(kind['code']);
}

/** What a document, a plan or an appointment is called by who made it. */
function titleOf(resource: FhirResource): string | undefined {
  const [attachment] = attachmentsOf(resource);
  return findText(resource['title']) ?? findText(resource['description']) ?? attachment?.title;
}

function medicationText(resource: FhirResource, reference: Json, resolve: Resolve): string | undefined {
  const target = findText(reference['reference']) ?? '';
  const contained = recordsOf(resource['contained']).find(({ id }) => `#${String(id)}` === target);
  return conceptText((contained ?? resolve(target))?.['code']) ?? findText(reference['display']);
}

function dateOf(resource: FhirResource): string | undefined {
  for (const stem of dateStems[resource.resourceType] ?? []) {
    const value = resource[stem] ?? choiceOf(resource, stem)?.value;
    const period = recordOf(value);
    const date = findText(value) ?? findText(period['start']) ?? findText(period['end']);
    if (date !== undefined) return date;
  }
  return undefined;
}

function statusOf(resource: FhirResource): string | undefined {
  const parts = [
    conceptText(resource['clinicalStatus']),
    conceptText(resource['verificationStatus']),
    findText(resource['status']),
  ];
  const present = parts.filter((part) => part !== undefined);
  return present.length === 0 ? undefined : present.join(', ');
}

function valueOf(resource: FhirResource): string | undefined {
  if (resource.resourceType === 'Observation') return observationValue(resource);
  if (resource.resourceType === 'AllergyIntolerance') return allergyDetail(resource);
  if (resource.resourceType === 'DocumentReference') return findText(resource['description']);
  const dosage = [...recordsOf(resource['dosageInstruction']), ...recordsOf(resource['dosage'])];
  const texts = dosage.map(({ text }) => findText(text)).filter((text) => text !== undefined);
  const quantity = quantityText(recordOf(resource['quantity']));
  const all = [...texts, ...(quantity === undefined ? [] : [quantity])];
  return all.length === 0 ? undefined : all.join('; ');
}

function observationValue(resource: Json): string | undefined {
  const own = choiceText(choiceOf(resource, 'value'));
  const components = recordsOf(resource['component']).flatMap((component) => {
    const value = choiceText(choiceOf(component, 'value'));
    return value === undefined ? [] : [`${conceptText(component['code']) ?? ''} ${value}`.trim()];
  });
  const parts = [...(own === undefined ? [] : [own]), ...components];
  return parts.length > 0 ? parts.join('; ') : conceptText(resource['dataAbsentReason']);
}

function choiceText(choice: { type: string; value: unknown } | undefined): string | undefined {
  if (choice === undefined) return undefined;
  const { type, value } = choice;
  if (type === 'Quantity') return quantityText(recordOf(value));
  if (type === 'CodeableConcept') return conceptText(value);
  if (type === 'Ratio' || type === 'Range' || type === 'SampledData') return JSON.stringify(value);
  if (type === 'Period')
    return [recordOf(value)['start'], recordOf(value)['end']].map((end) => findText(end) ?? '…').join(' – ');
  return value === undefined || value === null ? undefined : String(value);
}

function quantityText(quantity: Json): string | undefined {
  if (typeof quantity['value'] !== 'number') return undefined;
  const unit = findText(quantity['unit']) ?? findText(quantity['code']) ?? '';
  return `${findText(quantity['comparator']) ?? ''}${quantity['value']} ${unit}`.trim();
}

function allergyDetail(resource: Json): string | undefined {
  const reactions = recordsOf(resource['reaction']).flatMap((reaction) => {
    const manifestation = recordsOf(reaction['manifestation'])
      .map(conceptText)
      .filter((text) => text !== undefined)
      .join(', ');
    const severity = findText(reaction['severity']);
    return [
      [manifestation, severity === undefined ? '' : `(${severity})`].filter((part) => part !== '').join(' '),
    ];
  });
  const criticality = findText(resource['criticality']);
  const parts = [
    ...textsOf(resource['category']),
    ...(criticality === undefined ? [] : [`criticality ${criticality}`]),
    ...reactions,
  ];
  const present = parts.filter((part) => part !== '');
  return present.length === 0 ? undefined : present.join('; ');
}
