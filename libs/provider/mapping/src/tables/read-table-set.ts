import { isResourceType } from '@samenhang/fhir-r4';
import { UcumUnits } from '../datatypes/ucum.js';
import { isTree, type Tree } from '../json-tree.js';
import { readIps, readStu3 } from './read-forms.js';
import { TableReader, type TableProblem, type TextKind } from './table-reader.js';
import { releasedTables, type TableName, type TableSet } from './table-set.js';

/** Tables of a mapping by file, as a terminologist changed them: what is not there stays as this release has it. */
export type TableFiles = Readonly<Record<string, unknown>>;

const kind = (called: string, pattern: RegExp): TextKind => ({ called, is: (text) => pattern.test(text) });
const anything = kind('a text', /\S/);
const code = kind(
  'a code: no blanks at its ends, no control characters',
  /^[^\s\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u,
);
const codeOrNothing: TextKind = {
  called: 'a code, or nothing where only being on the list counts',
  is: (text) => text === '' || code.is(text),
};
const capitals: TextKind = {
  called: 'in capitals, as codes of HL7 tables are looked up',
  is: (text) => code.is(text) && text === text.toUpperCase(),
};
const address = kind('a URI', /^[a-z][a-z0-9+.-]*:\S+$/);
const oid = kind('an OID', /^[0-2](?:\.(?:0|[1-9]\d*))+$/);
const codes = kind('codes, separated by one blank', /^\S+(?: \S+)*$/);
const coding = kind('a system and a code: http://loinc.org|8302-2', /^\S*\|\S+$/);
const folded = kind('in small letters, without blanks, u for µ, as units are looked up', /^[^\sA-Zµμ]+$/);
const resourceType: TextKind = { called: 'a resource type of FHIR R4', is: isResourceType };
/** Claims and definitions under names that R4 no longer has. */
const typesOfStu3: ReadonlySet<string> = new Set([
  ...['EligibilityRequest', 'EligibilityResponse', 'ProcessRequest', 'ProcessResponse'],
  ...['DataElement', 'ExpansionProfile', 'ServiceDefinition'],
]);
const typeOutOfScope: TextKind = {
  called: 'a resource type of FHIR R4, or a claim or definition of STU3',
  is: (text) => isResourceType(text) || typesOfStu3.has(text),
};
const systemName = kind('in capitals, without blanks, dots, dashes and underscores', /^[^\sa-z._-]+$/);
const atc = kind('an ATC code', /^[A-Z]\d{2}(?:[A-Z]{1,2}(?:\d{2})?)?$/);

const profileName = kind('the name of a profile', /^[A-Za-z0-9][A-Za-z0-9.-]*$/);
const alpha2 = kind('two capitals', /^[A-Z]{2}$/);
const countryLine = kind('codes of two capitals, separated by one blank', /^(?:[A-Z]{2} ?)+$/);
const controlFields = kind(
  'numbers of fields, separated by one blank, or *',
  /^(?:\*|\d{1,2}(?: \d{1,2})*)$/,
);

/** `ucum` is a unit by the atoms of the set that is read. */
type FileReader = (reader: TableReader, content: unknown, ucum: TextKind) => void;

const files: Readonly<Record<TableName, FileReader>> = {
  bindings: (reader, content) => {
    reader.named(content, releasedTables.bindings, (table, entry) => reader.list(table, entry, address));
  },
  'claimable-profiles': (reader, content) => {
    reader.eachNamed(content, resourceType, (profiles, type) => reader.list(profiles, type, profileName));
  },
  countries: (reader, content) => {
    reader.parts(content, {
      codes: (part, entry) => reader.list(part, entry, countryLine),
      alpha3: (part, entry) => reader.texts(part, entry, kind('three capitals', /^[A-Z]{3}$/), alpha2),
    });
  },
  'hl7-control-fields': (reader, content) => {
    reader.texts(content, '', kind('a segment of HL7 v2', /^[A-Z][A-Z0-9]{2}$/), controlFields);
  },
  ips: readIps,
  sources: (reader, content, ucum) => {
    const source = kind('a URA and a source: 22222222/lis', /^\d{8}\/[a-z0-9-]{1,64}$/);
    reader.eachNamed(content, source, (own, entry) => readSource(reader, own, entry, ucum));
  },
  stu3: readStu3,
  'ucum-atoms': (reader, content) => {
    const text = (part: unknown, entry: string): void => reader.text(part, entry, codes);
    reader.parts(content, { prefixes: text, metric: text, other: text });
  },
  'code-maps': (reader, content) => {
    reader.named(content, releasedTables['code-maps'], (table, entry) =>
      reader.texts(table, entry, code, codeOrNothing),
    );
  },
  'hl7-tables': (reader, content) => {
    reader.named(content, releasedTables['hl7-tables'], (table, entry) => {
      const own = isTree(table) ? table['codes'] : undefined;
      reader.texts(own, `${entry}.codes`, capitals, codeOrNothing);
    });
  },
  'value-lists': (reader, content) => {
    reader.named(content, releasedTables['value-lists'], (table, entry) =>
      reader.texts(table, entry, address, codes),
    );
  },
  'coding-systems': (reader, content) => {
    reader.parts(content, {
      names: (part, entry) => reader.texts(part, entry, systemName, address),
      oids: (part, entry) => reader.texts(part, entry, oid, address),
    });
  },
  'identifier-systems': (reader, content) => {
    reader.parts(content, {
      oids: (part, entry) => reader.texts(part, entry, oid, address),
      authorities: (part, entry) => reader.texts(part, entry, capitals, address),
      digits: (part, entry) => readDigits(reader, part, entry),
    });
  },
  units: (reader, content, ucum) => {
    reader.parts(content, {
      exact: (part, entry) => reader.list(part, entry, ucum),
      folded: (part, entry) => reader.texts(part, entry, folded, ucum),
    });
  },
  terminology: (reader, content) => {
    const known = Object.keys(releasedTables.bindings).filter((name) => name !== 'title');
    const binding: TextKind = { called: `one of ${known.join(', ')}`, is: (text) => known.includes(text) };
    reader.parts(content, { valueSets: (part, entry) => reader.texts(part, entry, binding, address) });
  },
  vaccines: (reader, content) => {
    reader.parts(content, { codes: (part, entry) => reader.texts(part, entry, code, atc) });
  },
  extensions: (reader, content) => {
    reader.parts(content, {
      prefixes: (part, entry) =>
        reader.texts(part, entry, kind('core or nictiz', /^(?:core|nictiz)$/), address),
      core: (part, entry) => reader.list(part, entry, codes),
      nictiz: (part, entry) => reader.list(part, entry, codes),
    });
  },
  scope: (reader, content) => {
    const typesOf =
      (name: string) =>
      (part: unknown, entry: string): void =>
        reader.list(part, entry, name === 'outOfScope' ? typeOutOfScope : resourceType);
    const names = Object.keys(releasedTables.scope);
    reader.parts(content, Object.fromEntries(names.map((name) => [name, typesOf(name)])));
  },
  observations: (reader, content, ucum) => {
    reader.parts(content, {
      vitalSigns: (part, entry) => reader.list(part, entry, code),
      profiles: (part, entry) => readProfiles(reader, part, entry, ucum),
    });
  },
};

const settings: Readonly<Record<string, TextKind>> = {
  localIdentifierSystem: address,
  timeZone: { called: 'a time zone: Europe/Amsterdam', is: isTimeZone },
  defaultCharset: kind('a character set of HL7 table 0211', /^[A-Z0-9 /-]{2,30}$/),
  displayName: anything,
};

function readSource(reader: TableReader, own: unknown, entry: string, ucum: TextKind): void {
  const readers: Readonly<Record<string, (part: unknown, place: string) => void>> = {
    settings: (part, place) => {
      for (const [name, value] of reader.properties(part, place)) {
        const known = Object.hasOwn(settings, name) ? settings[name] : undefined;
        if (known === undefined)
          reader.report(`${place}.${name}`, `is not one of ${Object.keys(settings).join(', ')}`);
        else reader.text(value, `${place}.${name}`, known);
      }
    },
    names: (part, place) => reader.texts(part, place, systemName, address),
    authorities: (part, place) => reader.texts(part, place, capitals, address),
    units: (part, place) => reader.texts(part, place, folded, ucum),
  };
  for (const [name, part] of reader.properties(own, entry)) {
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (read === undefined)
      reader.report(`${entry}.${name}`, `is not one of ${Object.keys(readers).join(', ')}`);
    else read(part, `${entry}.${name}`);
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function readDigits(reader: TableReader, part: unknown, entry: string): void {
  for (const [system, digits] of reader.properties(part, entry)) {
    if (!address.is(system)) reader.report(`${entry}.${system}`, `"${system}" is not ${address.called}`);
    if (!Number.isInteger(digits) || Number(digits) < 1)
      reader.report(`${entry}.${system}`, 'must be a number of digits');
  }
}

const kinds = ['vital-sign', 'blood-pressure', 'status', 'pain-score'];

function readProfiles(reader: TableReader, part: unknown, entry: string, ucum: TextKind): void {
  if (!Array.isArray(part)) reader.report(entry, 'must be a list');
  for (const [index, profile] of (Array.isArray(part) ? part : []).entries()) {
    const place = `${entry}[${String(index)}]`;
    if (!isTree(profile)) {
      reader.report(place, 'must be an object');
      continue;
    }
    if (typeof profile['profile'] !== 'string')
      reader.report(`${place}.profile`, `must be ${anything.called}`);
    if (!kinds.includes(String(profile['kind'])))
      reader.report(`${place}.kind`, `must be ${kinds.join(', ')}`);
    reader.list(profile['match'], `${place}.match`, coding);
    reader.list(profile['codings'], `${place}.codings`, coding);
    reader.list(profile['units'], `${place}.units`, ucum);
  }
}

export type ReadTables = { readonly set: TableSet } | { readonly problems: readonly TableProblem[] };

/** The tables of this release with those of the files in their place, or everything that is wrong with the files. */
export function readTableSet(changed: TableFiles): ReadTables {
  const problems: TableProblem[] = [];
  const ucum = ucumOf(changed['ucum-atoms']);
  for (const [name, content] of Object.entries(changed)) {
    const reader = new TableReader(name);
    if (isTableName(name)) files[name](reader, content, ucum);
    else reader.report('', `is no file of tables: ${Object.keys(files).join(', ')}`);
    problems.push(...reader.problems);
  }
  if (problems.length > 0) return { problems };
  const merged = Object.entries(releasedTables).map(([name, released]) => [
    name,
    { ...(released as Tree), ...(changed[name] as Tree | undefined) },
  ]);
  return { set: Object.fromEntries(merged) as TableSet };
}

function ucumOf(changed: unknown): TextKind {
  const atoms = Object.entries(releasedTables['ucum-atoms']).map(([name, released]) => {
    const own = isTree(changed) ? changed[name] : undefined;
    return [name, typeof own === 'string' ? own : released];
  });
  const units = new UcumUnits(Object.fromEntries(atoms) as TableSet['ucum-atoms']);
  return { called: 'a unit of UCUM', is: (code) => units.has(code) };
}

function isTableName(name: string): name is TableName {
  return Object.hasOwn(files, name);
}
