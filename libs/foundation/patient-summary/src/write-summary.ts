import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import { copyTree, isTree, textOf, treeOf, treesOf, type Tree } from '@samenhang/fhir-r4';
import { codeSystems } from './code-systems.js';
import { narrativeOf, sentencesOf } from './narrative.js';
import { toSummaryFact, withProfile, type SummaryFact } from './summary-facts.js';
import { ipsUrl, releasedSummaryTable, type SectionDefinition, type SummaryTable } from './summary-table.js';

export interface SummaryContext {
  /** When the summary is made: an instant of FHIR. */
  readonly timestamp: string;
  /** Who makes it: a care provider, or a platform that collects from several. */
  readonly custodian: { readonly ura?: string; readonly name: string };
  /** A UUID that is the same for the same text. */
  readonly uuidOf: (text: string) => string;
  /** Whether all is there that should be. */
  readonly completeness?: Completeness;
  /** Where facts come from: of these, what is about an entry of the document is in it. */
  readonly provenance?: readonly FhirResource[];
}

/** What a reader must know of what is not there: in words, and for machines. */
export interface Completeness {
  readonly sentences: readonly string[];
  readonly outcome: FhirResource;
}

/** Types that facts refer to and that come along where they are referred to. */
const companions: ReadonlySet<string> = new Set([
  'Device',
  'Medication',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Specimen',
]);

/**
 * A patient's resources as an International Patient Summary 1.1.0: a document Bundle. What the IPS has no place
 * for is left out; a section that must be there and has nothing says that nothing is known.
 *
 * @throws RangeError when the resources are not those of one patient
 */
export function writeSummary(
  resources: readonly FhirResource[],
  context: SummaryContext,
  table: SummaryTable = releasedSummaryTable,
): FhirResource {
  const [patient, ...others] = resources.filter(({ resourceType }) => resourceType === 'Patient');
  if (patient === undefined || others.length > 0) throw new RangeError('A summary is of exactly one patient');
  const custodian = custodianOf(context, table);
  const urlOf = addressing(context);
  const custodianUrl = urlOf(custodian);
  const own = resources.filter((resource) => isAbout(resource, patient));
  const facts = own.flatMap((resource) => toSummaryFact(resource, custodianUrl, table) ?? []);
  const filled = table.sections.flatMap((definition) => fill(definition, facts, { patient, table, context }));
  const shown = filled.flatMap(({ drafts }) => drafts);
  const patientDraft = patientOf(patient, table);
  const along = companionsOf([...shown, patientDraft], resources, patient, table);
  const composition = compositionOf(patient, filled, context, custodianUrl);
  const outcome = context.completeness?.outcome;
  const told = outcome === undefined ? [] : [outcome as unknown as Tree];
  const drafts = [composition, patientDraft, custodian, ...shown, ...along, ...told];
  const known = new Map(drafts.map((draft) => [nameOf(draft), urlOf(draft)]));
  const all = [...drafts, ...provenanceOf(context, known)];
  return {
    resourceType: 'Bundle',
    id: context.uuidOf(`ips-bundle|${patient.id}|${context.timestamp}`),
    meta: { profile: [`${ipsUrl}/StructureDefinition/Bundle-uv-ips`] },
    identifier: { system: 'urn:ietf:rfc:3986', value: urlOf(composition) },
    type: 'document',
    timestamp: context.timestamp,
    entry: all.map((draft) => ({ fullUrl: urlOf(draft), resource: withReferences(draft, known) })),
  };
}

function isAbout(resource: FhirResource, { id }: FhirResource): boolean {
  const subject = treeOf(resource['subject']) ?? treeOf(resource['patient']);
  return subject?.['reference'] === `Patient/${id}`;
}

interface Subject {
  readonly patient: FhirResource;
  readonly table: SummaryTable;
  readonly context: SummaryContext;
}

interface FilledSection {
  readonly definition: SectionDefinition;
  readonly drafts: readonly Tree[];
}

function fill(
  definition: SectionDefinition,
  facts: readonly SummaryFact[],
  subject: Subject,
): FilledSection[] {
  const drafts = facts.filter(({ section }) => section === definition.name).map(({ draft }) => draft);
  if (drafts.length > 0) return [{ definition, drafts }];
  return definition.absent === undefined
    ? []
    : [{ definition, drafts: [absenceOf(definition, definition.absent, subject)] }];
}

/** "No information" as the IPS says it: a fact with a code of absent-unknown-uv-ips. */
function absenceOf(
  { name, title }: SectionDefinition,
  code: string,
  { patient, table, context }: Subject,
): Tree {
  const id = context.uuidOf(`ips-absent|${patient.id}|${code}`);
  const reference = { reference: `Patient/${patient.id}` };
  const absent = {
    coding: [{ system: `${ipsUrl}/CodeSystem/absent-unknown-uv-ips`, code }],
    text: `No information: ${title}`,
  };
  const active = (system: string): object => ({ coding: [{ system, code: 'active' }] });
  const draft: Tree =
    name === 'allergies'
      ? {
          resourceType: 'AllergyIntolerance',
          clinicalStatus: active(codeSystems.allergyClinical),
          code: absent,
          patient: reference,
        }
      : name === 'problems'
        ? {
            resourceType: 'Condition',
            clinicalStatus: active(codeSystems.conditionClinical),
            code: absent,
            subject: reference,
          }
        : {
            resourceType: 'MedicationStatement',
            status: 'unknown',
            medicationCodeableConcept: absent,
            subject: reference,
            _effectiveDateTime: {
              extension: [
                {
                  url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
                  valueCode: 'not-applicable',
                },
              ],
            },
          };
  return withProfile({ ...draft, id }, table.profiles[String(draft['resourceType'])]);
}

function compositionOf(
  patient: FhirResource,
  sections: readonly FilledSection[],
  { timestamp, uuidOf, completeness }: SummaryContext,
  custodianUrl: string,
): Tree {
  return {
    resourceType: 'Composition',
    id: uuidOf(`ips-composition|${patient.id}|${timestamp}`),
    meta: { profile: [`${ipsUrl}/StructureDefinition/Composition-uv-ips`] },
    ...(completeness === undefined ? {} : { text: sentencesOf(completeness.sentences) }),
    status: 'final',
    type: { coding: [{ system: codeSystems.loinc, code: '60591-5' }] },
    subject: { reference: `Patient/${patient.id}` },
    date: timestamp,
    author: [{ reference: custodianUrl }],
    title: 'International Patient Summary',
    custodian: { reference: custodianUrl },
    section: [
      ...sections.map(({ definition, drafts }) => ({
        title: definition.title,
        code: { coding: [{ system: codeSystems.loinc, code: definition.code }] },
        text: narrativeOf(drafts),
        entry: drafts.map((draft) => ({ reference: nameOf(draft) })),
      })),
      ...(completeness === undefined ? [] : [completenessSection(completeness)]),
    ],
  };
}

function completenessSection({ sentences, outcome }: Completeness): object {
  return {
    title: 'Sources',
    code: { text: 'Sources of this summary' },
    text: sentencesOf(sentences),
    entry: [{ reference: `${outcome.resourceType}/${outcome.id}` }],
  };
}

function patientOf(patient: FhirResource, table: SummaryTable): Tree {
  const draft = withProfile(copyTree(patient) as Tree, table.profiles['Patient']);
  const unknown = {
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
  };
  if (draft['birthDate'] === undefined) draft['_birthDate'] = unknown;
  if (treesOf(draft['name']).length === 0) draft['name'] = [{ text: 'Unknown' }];
  return draft;
}

function custodianOf({ custodian, uuidOf }: SummaryContext, table: SummaryTable): Tree {
  return {
    resourceType: 'Organization',
    id: uuidOf(`ips-custodian|${custodian.ura ?? custodian.name}`),
    meta: { profile: [table.profiles['Organization']] },
    ...(custodian.ura === undefined
      ? {}
      : { identifier: [{ system: identifierSystems.ura, value: custodian.ura }] }),
    name: custodian.name,
  };
}

/** Those referred to, and those that they refer to. */
function companionsOf(
  drafts: readonly Tree[],
  resources: readonly FhirResource[],
  patient: FhirResource,
  table: SummaryTable,
): Tree[] {
  const byName = new Map<string, FhirResource>(
    resources
      .filter(({ resourceType }) => companions.has(resourceType))
      .map((resource) => [`${resource.resourceType}/${resource.id}`, resource] as const),
  );
  const found = new Map<string, Tree>();
  const pending: Tree[] = [...drafts];
  for (let draft = pending.pop(); draft !== undefined; draft = pending.pop()) {
    for (const name of referencesIn(draft)) {
      const resource = byName.get(name);
      if (resource === undefined || found.has(name)) continue;
      const companion = companionOf(resource, patient, table);
      found.set(name, companion);
      pending.push(companion);
    }
  }
  return [...found.values()];
}

/** Practitioners and organisations of the IPS have a name, products a code, devices the patient who uses them. */
function companionOf(resource: FhirResource, patient: FhirResource, table: SummaryTable): Tree {
  const draft = copyTree(resource) as Tree;
  if (resource.resourceType === 'Device') draft['patient'] ??= { reference: `Patient/${patient.id}` };
  if (resource.resourceType === 'Medication') draft['code'] ??= { text: 'Medication without a code' };
  if (resource.resourceType === 'Organization') draft['name'] ??= 'Unknown';
  if (resource.resourceType === 'Practitioner' && treesOf(draft['name']).length === 0)
    draft['name'] = [{ text: 'Unknown' }];
  const isComplete = resource.resourceType !== 'Specimen' || draft['type'] !== undefined;
  return withProfile(draft, isComplete ? table.profiles[resource.resourceType] : undefined);
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isTree(value)) return [];
  const own = textOf(value['reference']);
  return [...(own === undefined ? [] : [own]), ...Object.values(value).flatMap(referencesIn)];
}

/** References in terms of the document; what is not in it is known by its words or number only. */
function withReferences(value: unknown, known: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => withReferences(item, known));
  if (!isTree(value)) return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, withReferences(part, known)]),
  );
  const reference = textOf(copy['reference']);
  if (reference === undefined || reference.startsWith('#') || reference.startsWith('urn:uuid:')) return copy;
  const url = known.get(reference);
  if (url !== undefined) return { ...copy, reference: url };
  if (/^https?:/.test(reference)) return copy;
  const { reference: _absent, ...rest } = copy;
  return rest['display'] === undefined && rest['identifier'] === undefined
    ? { ...rest, display: 'Not in this document' }
    : rest;
}

function nameOf(draft: Tree): string {
  return `${String(draft['resourceType'])}/${String(draft['id'])}`;
}

function addressing({ uuidOf }: SummaryContext): (draft: Tree) => string {
  return (draft) => {
    const id = String(draft['id']);
    return `urn:uuid:${/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id) ? id : uuidOf(nameOf(draft))}`;
  };
}

function provenanceOf({ provenance = [] }: SummaryContext, known: ReadonlyMap<string, string>): Tree[] {
  return provenance
    .map((resource) => copyTree(resource) as Tree)
    .filter(({ target }) => treesOf(target).some((one) => known.has(textOf(one['reference']) ?? '')));
}
