// Makes apps/provider/record/src/resources/r4-search.json, the standard search parameters and summary elements of the
// types of resource that the data holder's FHIR API serves.
//
//   node tools/generators/r4-search.mjs FHIR_DEFINITIONS_DIR
//
// The folder holds search-parameters.json and profiles-resources.xml of FHIR 4.0.1, which HL7 publishes under CC0. They
// are not kept in this repository; any copy will do, for example those in org/hl7/fhir/r4/model/{sp,profile} of the jar
// ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4:8.8.1.
//
// A parameter is `name type definition paths targets`: paths and targets joined by commas, `-` for none. Left out are
// parameters whose expression needs more than paths of elements, and those that are of no use within one patient's data.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { XMLParser } from 'fast-xml-parser';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Usage: node tools/generators/r4-search.mjs FHIR_DEFINITIONS_DIR');
  process.exit(2);
}

const served =
  'AllergyIntolerance Appointment CarePlan CareTeam Composition Condition Consent Coverage DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference Encounter EpisodeOfCare Flag Goal Immunization ImmunizationRecommendation MedicationAdministration MedicationDispense MedicationRequest MedicationStatement NutritionOrder Observation Patient Procedure RelatedPerson ServiceRequest'.split(
    ' ',
  );
/** Come along with what is served: only their references matter. */
const supporting =
  'Device Location Medication Organization Practitioner PractitionerRole Provenance Specimen'.split(' ');
const kinds = new Set(['token', 'date', 'reference', 'string', 'quantity', 'uri']);
/** Address books and ways to reach people are not searched by; the same concept under another name is not kept twice. */
const leftOut =
  /^(phonetic|telecom|phone|email|link|instantiates-.*|combo-data-absent-reason|combo-value-.*)$/;

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const read = (name) => readFileSync(join(folder, name), 'utf8');
const elements = JSON.parse(
  readFileSync(join(root, 'libs/foundation/fhir-r4/src/r4-elements.json'), 'utf8'),
).types;
const parameters = JSON.parse(read('search-parameters.json')).entry.map(({ resource }) => resource);

/** Lines of a type's own elements and of what it inherits. */
function linesOf(type) {
  const [head, ...lines] = elements[type] ?? [''];
  const base = head.split(' ')[0];
  return base === 'abstract' || elements[base] === undefined ? lines : [...linesOf(base), ...lines];
}

const capitalised = (text) => text[0].toUpperCase() + text.slice(1);
const withoutTargets = (type) => type.replace(/\(.*$/, '');

/** Names that an element has in JSON: one, or for a choice one for each of its types. */
function jsonNames(type, name) {
  for (const line of linesOf(type)) {
    const parts = line.split(' ').filter((part) => !part.startsWith('#'));
    if (parts[0] === name) return { names: [name], next: withoutTargets(parts.at(-1)) };
    if (parts[0] !== `${name}[x]`) continue;
    const types = parts.at(-1).split('|').map(withoutTargets);
    return { names: types.map((each) => name + capitalised(each)), next: undefined };
  }
  return undefined;
}

/** Paths in JSON of one branch of an expression; undefined when it is more than a path. */
function pathsOf(type, branch) {
  const text = branch
    .replace(/^\((.*) as (\w+)\)/, '$1.as($2)')
    .replace(/\.where\(resolve\(\) is \w+\)$/, '');
  if (!/^\w+(\.(\w+|as\(\w+\)))+$/.test(text)) return undefined;
  let paths = [''];
  let current = type;
  const steps = text.split('.').slice(1);
  for (const [index, step] of steps.entries()) {
    if (step.startsWith('as(')) continue;
    const cast = /^as\((\w+)\)$/.exec(steps[index + 1] ?? '')?.[1];
    const found = current === undefined ? undefined : jsonNames(current, step);
    if (found === undefined) return undefined;
    const names = cast === undefined ? found.names : [step + capitalised(cast)];
    paths = paths.flatMap((path) => names.map((name) => (path === '' ? name : `${path}.${name}`)));
    current = elements[`${current}.${step}`] === undefined ? (cast ?? found.next) : `${current}.${step}`;
  }
  return paths;
}

function parameterLine(type, parameter) {
  const branches = (parameter.expression ?? '')
    .split(' | ')
    .map((branch) => branch.trim())
    .filter((branch) => new RegExp(`^\\(?${type}\\.`).test(branch));
  const paths = branches.map((branch) => pathsOf(type, branch));
  if (paths.length === 0 || paths.includes(undefined)) return undefined;
  const resolved = branches.flatMap((branch) => /resolve\(\) is (\w+)/.exec(branch)?.[1] ?? []);
  const targets = resolved.length > 0 ? resolved : (parameter.target ?? []);
  const known = targets.filter((target) => served.includes(target) || supporting.includes(target)).sort();
  return [
    parameter.code,
    parameter.type,
    parameter.id,
    [...new Set(paths.flat())].join(','),
    known.join(',') || '-',
  ].join(' ');
}

function searchOf(type) {
  return parameters
    .filter(({ base, type: kind, code }) => base.includes(type) && kinds.has(kind) && !leftOut.test(code))
    .filter(({ type: kind }) => served.includes(type) || kind === 'reference')
    .flatMap((parameter) => parameterLine(type, parameter) ?? [])
    .sort();
}

const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  stopNodes: ['*.text'],
  processEntities: { enabled: true, maxTotalExpansions: 1e7, maxExpandedLength: 1e9 },
});
const summaries = new Map(
  list(parser.parse(read('profiles-resources.xml')).Bundle.entry).flatMap(({ resource }) => {
    const definition = resource.StructureDefinition;
    if (definition === undefined) return [];
    const type = definition.id['@value'];
    const names = list(definition.snapshot?.element)
      .filter((element) => element.isSummary?.['@value'] === 'true')
      .map((element) => element.path['@value'].split('.'))
      .filter((path) => path.length === 2)
      .map(([, name]) => name.replace('[x]', ''));
    return [[type, names.sort()]];
  }),
);

const types = Object.fromEntries(
  [...served, ...supporting]
    .sort()
    .map((type) => [type, { search: searchOf(type), summary: (summaries.get(type) ?? []).join(' ') }]),
);
writeFileSync(
  join(root, 'apps/provider/record/src/resources/r4-search.json'),
  `${JSON.stringify(types, null, 2)}\n`,
);
