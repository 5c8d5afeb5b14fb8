// Makes libs/foundation/fhir-r4/src/r4-elements.json, the table that drives structural FHIR R4 validation.
//
//   node tools/generators/r4-elements.mjs FHIR_DEFINITIONS_DIR
//
// The folder holds profiles-types.xml, profiles-resources.xml, valuesets.xml and v3-codesystems.xml of FHIR 4.0.1, which
// HL7 publishes under CC0. They are not kept in this repository; any copy will do, for example the folders
// org/hl7/fhir/r4/model/{profile,valueset} of the jar ca.uhn.hapi.fhir:hapi-fhir-validation-resources-r4:8.8.1.
//
// A type is its base type followed by its own elements: `name[x]? cardinality types valueSet`, where
//   cardinality   `!` 1..1, `*` 0..*, `+` 1..*, left out for 0..1
//   types         joined by `|`; `Reference(Patient,Group)` names the permitted targets
//   valueSet      `#name`, a required binding whose codes can be listed
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { XMLParser } from 'fast-xml-parser';

const MAX_CODES = 400;
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Usage: node tools/generators/r4-elements.mjs FHIR_DEFINITIONS_DIR');
  process.exit(2);
}

const repeating = new Set([
  'entry',
  'element',
  'type',
  'targetProfile',
  'include',
  'concept',
  'filter',
  'exclude',
]);
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseAttributeValue: false,
  stopNodes: ['*.text'],
  processEntities: { enabled: true, maxTotalExpansions: 1e7, maxExpandedLength: 1e9 },
});

/** FHIR XML as the JSON it stands for, as far as this table needs it. */
function fromXml(node, name) {
  if (typeof node !== 'object' || name === 'text') return undefined;
  const children = Object.entries(node).filter(([key]) => !key.startsWith('@'));
  if (node['@value'] !== undefined) return node['@value'];
  const result = node['@url'] === undefined ? {} : { url: node['@url'] };
  for (const [key, child] of children) {
    const list = Array.isArray(child) ? child : [child];
    const listed =
      repeating.has(key) ||
      list.length > 1 ||
      key === 'extension' ||
      (key === 'valueSet' && name === 'include');
    result[key] = listed ? list.map((item) => fromXml(item, key)) : fromXml(list[0], key);
  }
  return result;
}

function resourcesIn(file) {
  const path = ['.', 'profile', 'valueset'].map((part) => join(folder, part, file)).find(existsSync);
  const bundle = parser.parse(readFileSync(path, 'utf8')).Bundle;
  return bundle.entry.map((entry) => {
    const [[resourceType, resource]] = Object.entries(entry.resource);
    return { resourceType, ...fromXml(resource, resourceType) };
  });
}

const structures = [...resourcesIn('profiles-types.xml'), ...resourcesIn('profiles-resources.xml')].filter(
  (resource) => resource.resourceType === 'StructureDefinition' && resource.derivation !== 'constraint',
);
const terminology = [...resourcesIn('valuesets.xml'), ...resourcesIn('v3-codesystems.xml')];
const byUrl = (type) => new Map(terminology.filter((r) => r.resourceType === type).map((r) => [r.url, r]));
const codeSystems = byUrl('CodeSystem');
const valueSets = byUrl('ValueSet');

const flatten = (concepts = []) => concepts.flatMap((concept) => [concept.code, ...flatten(concept.concept)]);

/** Codes per system, or undefined when the set cannot be listed from these definitions. */
function expand(url, seen = new Set()) {
  const set = valueSets.get(url);
  if (set?.compose === undefined || set.compose.exclude !== undefined || seen.has(url)) return undefined;
  seen.add(url);
  const codes = new Map();
  for (const include of set.compose.include) {
    if (include.filter !== undefined) return undefined;
    for (const nested of include.valueSet ?? []) {
      const part = expand(nested.split('|')[0], seen);
      if (part === undefined) return undefined;
      for (const [system, list] of part) codes.set(system, [...(codes.get(system) ?? []), ...list]);
    }
    if (include.system === undefined) continue;
    const system = codeSystems.get(include.system);
    if (include.concept === undefined && system?.content !== 'complete') return undefined;
    const list = include.concept?.map((concept) => concept.code) ?? flatten(system.concept);
    codes.set(include.system, [...(codes.get(include.system) ?? []), ...list]);
  }
  const total = [...codes.values()].reduce((sum, list) => sum + list.length, 0);
  return total === 0 || total > MAX_CODES ? undefined : codes;
}

const usedValueSets = {};
function bindingOf(element) {
  const { strength, valueSet } = element.binding ?? {};
  if (strength !== 'required' || valueSet === undefined) return '';
  const bindable = element.type.every((type) => ['code', 'CodeableConcept', 'Coding'].includes(type.code));
  if (!bindable) return '';
  const url = valueSet.split('|')[0];
  const codes = expand(url);
  if (codes === undefined) return '';
  const name = url.slice(url.lastIndexOf('/') + 1);
  const lines = [...codes].map(([system, list]) => [system, ...new Set(list)].join(' '));
  if (usedValueSets[name] !== undefined && usedValueSets[name].join() !== lines.join())
    throw new Error(`Two value sets are named ${name}`);
  usedValueSets[name] = lines;
  return `#${name}`;
}

function typeName(element, type) {
  if (element.path === 'Resource.id') return 'id';
  const declared = type.extension?.find((extension) =>
    extension.url.endsWith('/structuredefinition-fhir-type'),
  );
  if (declared !== undefined) return declared.valueUrl ?? declared.valueUri;
  if (type.code.startsWith('http://hl7.org/fhirpath/System.')) return 'string';
  const targets = (type.targetProfile ?? []).map((profile) => profile.slice(profile.lastIndexOf('/') + 1));
  if (type.code !== 'Reference' || targets.length === 0 || targets.includes('Resource')) return type.code;
  return `Reference(${targets.join(',')})`;
}

function cardinality(element) {
  if (element.max === '0') return undefined;
  if (element.max === '1') return Number(element.min) > 0 ? '!' : '';
  return Number(element.min) > 0 ? '+' : '*';
}

const typeOf = (structure) => [structure.type].flat()[0];
const types = {};
for (const structure of structures.filter((definition) => definition.kind !== 'primitive-type')) {
  const elements = structure.snapshot.element;
  const hasChildren = (path) => elements.some((other) => other.path.startsWith(`${path}.`));
  const base = structure.baseDefinition?.split('/').pop() ?? '';
  types[typeOf(structure)] = [structure.abstract === 'true' ? `${base} abstract`.trim() : base];
  if (structure.kind === 'resource') types[typeOf(structure)][0] += ' resource';
  for (const element of elements.slice(1)) {
    const parent = element.path.slice(0, element.path.lastIndexOf('.'));
    const name = element.path.slice(parent.length + 1);
    const inherited = element.base !== undefined && element.base.path !== element.path;
    const card = cardinality(element);
    if (inherited || card === undefined) continue;
    let written;
    if (element.contentReference !== undefined) written = element.contentReference.slice(1);
    else if (hasChildren(element.path)) {
      types[element.path] = [element.type[0].code];
      written = element.path;
    } else written = element.type.map((type) => typeName(element, type)).join('|');
    types[parent].push([name, card, written, bindingOf(element)].filter((part) => part !== '').join(' '));
  }
}

const sorted = (record) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
const lines = (record) =>
  Object.entries(sorted(record))
    .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(',\n');
const target = join(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  'libs/foundation/fhir-r4/src/r4-elements.json',
);
writeFileSync(
  target,
  `{\n  "fhirVersion": "4.0.1",\n  "types": {\n${lines(types)}\n  },\n  "valueSets": {\n${lines(usedValueSets)}\n  }\n}\n`,
);
console.error(`${Object.keys(types).length} types, ${Object.keys(usedValueSets).length} value sets`);
