import { isResourceType } from '@samenhang/fhir-r4';
import { isTree } from '../json-tree.js';
import type { TableReader, TextKind } from './table-reader.js';
import { releasedTables } from './table-set.js';

// The tables of the other forms that resources come and leave in: STU3, and the International Patient Summary.

const kind = (called: string, pattern: RegExp): TextKind => ({ called, is: (text) => pattern.test(text) });
const words = kind('a text', /\S/);
const code = kind('a code', /^\S+(?: \S+)*$/);
const address = kind('a URI', /^[a-z][a-z0-9+.-]*:\S+$/);
const extensionName = kind('a URI, or the name of a part of an extension', /^\S+$/);
const element = kind('the name of an element', /^[a-z][A-Za-z0-9]*$/);
const profileName = kind('the name of a profile', /^[A-Za-z0-9][A-Za-z0-9.-]*$/);
const resourceType: TextKind = { called: 'a resource type of FHIR R4', is: isResourceType };

export function readIps(reader: TableReader, content: unknown): void {
  reader.parts(content, {
    sections: (part, entry) => readSections(reader, part, entry),
    profiles: (part, entry) => reader.texts(part, entry, resourceType, address),
    smoking: (part, entry) => reader.texts(part, entry, code, code),
    laboratoryProfile: (part, entry) => reader.text(part, entry, address),
  });
}

/** Facts are put in sections by their names: one that no rule names would stay empty, one that is left out would be lost. */
function readSections(reader: TableReader, part: unknown, entry: string): void {
  const sections = Array.isArray(part) ? (part as readonly unknown[]) : [];
  const named = sections.map((section) => (isTree(section) ? section['name'] : undefined));
  const known = releasedTables.ips.sections.map(({ name }) => name);
  if (named.length !== known.length || known.some((name) => !named.includes(name)))
    reader.report(entry, `must have each of these sections once: ${known.join(', ')}`);
  for (const [index, section] of sections.entries()) {
    const place = `${entry}[${String(index)}]`;
    const { code: loinc, title, absent } = isTree(section) ? section : {};
    reader.text(loinc, `${place}.code`, code);
    reader.text(title, `${place}.title`, words);
    if (absent !== undefined) reader.text(absent, `${place}.absent`, code);
  }
}

export function readStu3(reader: TableReader, content: unknown): void {
  reader.parts(content, {
    systems: (part, entry) => reader.texts(part, entry, address, address),
    systemPrefixes: (part, entry) => reader.texts(part, entry, address, address),
    extensions: (part, entry) => reader.texts(part, entry, extensionName, extensionName),
    codes: (part, entry) => {
      for (const [name, table] of reader.properties(part, entry)) {
        if (!Object.hasOwn(releasedTables.stu3.codes, name))
          reader.report(`${entry}.${name}`, 'is not a table that the mapping has');
        reader.texts(table, `${entry}.${name}`, code, code);
      }
    },
    types: (part, entry) => {
      for (const [type, rules] of reader.properties(part, entry)) {
        if (!isResourceType(type))
          reader.report(`${entry}.${type}`, `"${type}" is not ${resourceType.called}`);
        readTypeRules(reader, rules, `${entry}.${type}`);
      }
    },
    observationProfiles: (part, entry) => reader.texts(part, entry, profileName, address),
  });
}

function readTypeRules(reader: TableReader, rules: unknown, entry: string): void {
  const readers: Readonly<Record<string, (part: unknown, place: string) => void>> = {
    rename: (part, place) => reader.texts(part, place, element, element),
    toList: (part, place) => reader.list(part, place, element),
    toConcept: (part, place) => reader.texts(part, place, element, address),
    gone: (part, place) => reader.list(part, place, element),
    defaults: (part, place) => reader.texts(part, place, element, code),
    profile: (part, place) => reader.text(part, place, address),
  };
  for (const [name, part] of reader.properties(rules, entry)) {
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (read === undefined)
      reader.report(`${entry}.${name}`, `is not one of ${Object.keys(readers).join(', ')}`);
    else read(part, `${entry}.${name}`);
  }
}
