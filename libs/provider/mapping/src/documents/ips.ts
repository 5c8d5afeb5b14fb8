import type { FhirResource } from '@samenhang/data-model';
import { conceptText } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { CodeableConcept } from '../fhir-types.js';
import { uuidV5 } from '../resource-id.js';
import { copyTree, isTree, textOf, treeOf, treesOf, type Tree } from '../json-tree.js';
import { toIpsFact, withProfile, type IpsFact } from './ips-facts.js';
import { currentTables, type CodeTables } from '../tables/code-tables.js';
import { ips, type IpsTable, type SectionDefinition } from './ips-table.js';

export interface IpsContext {
  /** When the summary is made: an instant of FHIR. */
  readonly timestamp: string;
  /** The care provider that makes it. */
  readonly custodian: { readonly ura: string; readonly name: string };
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
 * A patient's resources in nl-core as an International Patient Summary 1.1.0: a document Bundle. What the IPS has no place
 * for is left out; a section that must be there and has nothing says that nothing is known.
 *
 * @throws RangeError when the resources are not those of one patient
 */
export function toIps(
  resources: readonly FhirResource[],
  context: IpsContext,
  tables: CodeTables = currentTables,
): FhirResource {
  const table = tables.set.ips;
  const [patient, ...others] = resources.filter(({ resourceType }) => resourceType === 'Patient');
  if (patient === undefined || others.length > 0) throw new RangeError('A summary is of exactly one patient');
  const custodian = custodianOf(context, table);
  const custodianUrl = urlOf(custodian);
  const own = resources.filter((resource) => isAbout(resource, patient));
  const facts = own.flatMap((resource) => toIpsFact(resource, custodianUrl, table) ?? []);
  const filled = table.sections.flatMap((definition) => fill(definition, facts, patient, table));
  const shown = filled.flatMap(({ drafts }) => drafts);
  const patientDraft = patientOf(patient, table);
  const along = companionsOf([...shown, patientDraft], resources, patient, table);
  const composition = compositionOf(patient, filled, context, custodianUrl);
  const all = [composition, patientDraft, custodian, ...shown, ...along];
  const known = new Map(
    all.map((draft) => [`${String(draft['resourceType'])}/${String(draft['id'])}`, urlOf(draft)]),
  );
  return {
    resourceType: 'Bundle',
    id: uuidV5(`ips-bundle|${patient.id}|${context.timestamp}`),
    meta: { profile: [`${ips}/StructureDefinition/Bundle-uv-ips`] },
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

interface FilledSection {
  readonly definition: SectionDefinition;
  readonly drafts: readonly Tree[];
}

function fill(
  definition: SectionDefinition,
  facts: readonly IpsFact[],
  patient: FhirResource,
  table: IpsTable,
): FilledSection[] {
  const drafts = facts.filter(({ section }) => section === definition.name).map(({ draft }) => draft);
  if (drafts.length > 0) return [{ definition, drafts }];
  return definition.absent === undefined
    ? []
    : [{ definition, drafts: [absenceOf(definition, definition.absent, patient, table)] }];
}

/** "No information" as the IPS says it: a fact with a code of absent-unknown-uv-ips. */
function absenceOf({ name }: SectionDefinition, code: string, patient: FhirResource, table: IpsTable): Tree {
  const id = uuidV5(`ips-absent|${patient.id}|${code}`);
  const reference = { reference: `Patient/${patient.id}` };
  const absent = { coding: [{ system: `${ips}/CodeSystem/absent-unknown-uv-ips`, code }] };
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
  { timestamp }: IpsContext,
  custodianUrl: string,
): Tree {
  return {
    resourceType: 'Composition',
    id: uuidV5(`ips-composition|${patient.id}|${timestamp}`),
    meta: { profile: [`${ips}/StructureDefinition/Composition-uv-ips`] },
    status: 'final',
    type: { coding: [{ system: codeSystems.loinc, code: '60591-5' }] },
    subject: { reference: `Patient/${patient.id}` },
    date: timestamp,
    author: [{ reference: custodianUrl }],
    title: 'International Patient Summary',
    custodian: { reference: custodianUrl },
    section: sections.map(({ definition, drafts }) => ({
      title: definition.title,
      code: { coding: [{ system: codeSystems.loinc, code: definition.code }] },
      text: { status: 'generated', div: narrativeOf(drafts) },
      entry: drafts.map((draft) => ({
        reference: `${String(draft['resourceType'])}/${String(draft['id'])}`,
      })),
    })),
  };
}

function narrativeOf(drafts: readonly Tree[]): string {
  const items = drafts.map((draft) => `<li>${escape(inWords(draft))}</li>`).join('');
  return `<div xmlns="http://www.w3.org/1999/xhtml"><ul>${items}</ul></div>`;
}

function inWords(draft: Tree): string {
  const provision = treesOf(treeOf(draft['provision'])?.['code'])[0];
  const named = draft['code'] ?? draft['vaccineCode'] ?? draft['medicationCodeableConcept'] ?? provision;
  const referred = treeOf(draft['medicationReference']) ?? treeOf(draft['device']);
  const words =
    treeOf(named) === undefined ? textOf(referred?.['display']) : conceptText(named as CodeableConcept);
  const said = words === undefined || words === '' ? textOf(draft['title']) : words;
  const reservation = reservationOf(draft);
  return `${said ?? String(draft['resourceType'])}${reservation === undefined ? '' : ` (${reservation})`}`;
}

/** States of which a reader of the words alone need not be told. */
const asExpected: ReadonlySet<string> = new Set(['active', 'completed', 'final', 'confirmed']);

/** What keeps a fact from being what its name says: the words alone would be read as the opposite of it. */
function reservationOf(draft: Tree): string | undefined {
  if (draft['doNotPerform'] === true) return 'not to be taken';
  const verification = treesOf(treeOf(draft['verificationStatus'])?.['coding'])[0]?.['code'];
  const state = textOf(verification) ?? textOf(draft['status']);
  return state === undefined || asExpected.has(state) ? undefined : state;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function patientOf(patient: FhirResource, table: IpsTable): Tree {
  const draft = withProfile(copyTree(patient) as Tree, table.profiles['Patient']);
  const unknown = {
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
  };
  if (draft['birthDate'] === undefined) draft['_birthDate'] = unknown;
  if (treesOf(draft['name']).length === 0) draft['name'] = [{ text: 'Unknown' }];
  return draft;
}

function custodianOf({ custodian }: IpsContext, table: IpsTable): Tree {
  return {
    resourceType: 'Organization',
    id: uuidV5(`ips-custodian|${custodian.ura}`),
    meta: { profile: [table.profiles['Organization']] },
    identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/ura', value: custodian.ura }],
    name: custodian.name,
  };
}

/** Those referred to, and those that they refer to. */
function companionsOf(
  drafts: readonly Tree[],
  resources: readonly FhirResource[],
  patient: FhirResource,
  table: IpsTable,
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
function companionOf(resource: FhirResource, patient: FhirResource, table: IpsTable): Tree {
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

function urlOf(draft: Tree): string {
  const id = String(draft['id']);
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id)
    ? `urn:uuid:${id}`
    : `urn:uuid:${uuidV5(`${String(draft['resourceType'])}/${id}`)}`;
}
