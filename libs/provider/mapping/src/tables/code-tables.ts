import type { CodeableConcept, Coding } from '../fhir-types.js';
import { UcumUnits } from '../datatypes/ucum.js';
import { Stu3Names } from '../stu3/stu3-names.js';
import {
  keyOfQuestion,
  noSupplement,
  translationsBy,
  type TermQuestion,
} from '../terminology/term-supplement.js';
import {
  releasedTables,
  type BindingName,
  type CodeMapName,
  type Hl7TableName,
  type ListName,
  type SourceTables,
  type TableSet,
} from './table-set.js';

export interface ObservationProfile {
  readonly profile: string;
  readonly kind: 'vital-sign' | 'blood-pressure' | 'status' | 'pain-score';
  readonly match: readonly string[];
  readonly codings: readonly string[];
  readonly units: readonly string[];
  readonly values?: readonly string[];
  /** Code of the component that holds how much, where sources give that as the value. */
  readonly amount?: string;
}

export type { BindingName, CodeMapName, Hl7TableName, ListName } from './table-set.js';

type CodeMap = ReadonlyMap<string, string>;

/** The code tables of one mapping version, laid out for look-up. Which codes there are is said in the JSON files beside. */
export class CodeTables {
  readonly #hl7 = new Map<string, CodeMap>();
  readonly #maps = new Map<string, CodeMap>();
  readonly #bindings = new Map<string, ReadonlySet<string>>();
  readonly #lists = new Map<string, ReadonlySet<string>>();
  readonly #systemNames: CodeMap;
  readonly #systemOids: CodeMap;
  readonly #identifierOids: CodeMap;
  readonly #authorities: CodeMap;
  readonly #digits: ReadonlyMap<string, number>;
  readonly #unitsExact: ReadonlySet<string>;
  readonly #unitsFolded: CodeMap;
  readonly #vaccines: CodeMap;
  readonly #observations = new Map<string, ObservationProfile>();
  readonly vitalSigns: ReadonlySet<string>;
  readonly extensions: ReadonlySet<string>;
  readonly outOfScope: ReadonlySet<string>;
  readonly supporting: ReadonlySet<string>;
  readonly singleIdentifier: ReadonlySet<string>;
  readonly noIdentifier: ReadonlySet<string>;
  readonly limitedIdentifier: ReadonlySet<string>;

  readonly #translations: ReadonlyMap<string, Coding | null>;
  readonly #countries: CodeMap;
  readonly #claimable = new Map<string, ReadonlySet<string>>();
  readonly #controlFields = new Map<string, ReadonlySet<number> | '*'>();
  readonly #ucum: UcumUnits;
  readonly stu3: Stu3Names;
  readonly #ofSources = new Map<string, CodeTables>();

  constructor(
    readonly set: TableSet = releasedTables,
    readonly supplement = noSupplement,
  ) {
    this.#translations = translationsBy(supplement);
    this.#systemNames = toMap(set['coding-systems'].names);
    this.#systemOids = toMap(set['coding-systems'].oids);
    this.#identifierOids = toMap(set['identifier-systems'].oids);
    this.#authorities = toMap(set['identifier-systems'].authorities);
    this.#digits = new Map(Object.entries(set['identifier-systems'].digits));
    this.#unitsExact = new Set(set.units.exact);
    this.#unitsFolded = toMap(set.units.folded);
    this.#vaccines = toMap(set.vaccines.codes);
    for (const [name, table] of Object.entries(set['hl7-tables'])) {
      if (typeof table !== 'string') this.#hl7.set(name, toMap(table.codes));
    }
    for (const [name, map] of Object.entries(set['code-maps'])) {
      if (typeof map !== 'string') this.#maps.set(name, toMap(map));
    }
    for (const [name, systems] of Object.entries(set.bindings)) {
      if (typeof systems !== 'string') this.#bindings.set(name, new Set(systems));
    }
    for (const [name, list] of Object.entries(set['value-lists'])) {
      if (typeof list !== 'string') this.#lists.set(name, codesOf(list));
    }
    for (const profile of set.observations.profiles as readonly ObservationProfile[]) {
      for (const code of profile.match) this.#observations.set(code, profile);
    }
    const { codes, alpha3 } = set.countries;
    this.#countries = new Map([
      ...codes
        .join('')
        .split(' ')
        .map((code) => [code, code] as const),
      ...toMap(alpha3),
    ]);
    for (const [type, profiles] of Object.entries(set['claimable-profiles'])) {
      if (typeof profiles !== 'string') this.#claimable.set(type, new Set(profiles));
    }
    for (const [segment, fields] of Object.entries(set['hl7-control-fields'])) {
      if (segment !== 'title')
        this.#controlFields.set(segment, fields === '*' ? '*' : new Set(fields.split(' ').map(Number)));
    }
    this.#ucum = new UcumUnits(set['ucum-atoms']);
    this.stu3 = new Stu3Names(set.stu3);
    this.vitalSigns = new Set(set.observations.vitalSigns);
    this.extensions = new Set([
      ...expand(set.extensions.prefixes.core, set.extensions.core),
      ...expand(set.extensions.prefixes.nictiz, set.extensions.nictiz),
    ]);
    this.outOfScope = new Set(set.scope.outOfScope);
    this.supporting = new Set(set.scope.supporting);
    this.singleIdentifier = new Set(set.scope.singleIdentifier);
    this.noIdentifier = new Set(set.scope.noIdentifier);
    this.limitedIdentifier = new Set(set.scope.limitedIdentifier);
  }

  /** The tables as they are for one source (`22222222/lis`): with its own names and spellings where a set has any. */
  forSource(source: string): CodeTables {
    const known = this.#ofSources.get(source);
    if (known !== undefined) return known;
    const own = this.findSource(source);
    if (own === undefined) return this;
    const tables = this.withSet(setOfSource(this.set, own));
    this.#ofSources.set(source, tables);
    return tables;
  }

  /** What is particular to a source. */
  findSource(source: string): SourceTables | undefined {
    const own = this.set.sources[source];
    return typeof own === 'string' ? undefined : own;
  }

  protected withSet(set: TableSet): CodeTables {
    return new CodeTables(set, this.supplement);
  }

  /** Counterpart of a code of an HL7 v2 table. */
  findHl7(table: Hl7TableName, code: string | undefined): string | undefined {
    return code === undefined ? undefined : this.#hl7.get(table)?.get(code.trim().toUpperCase());
  }

  find(map: CodeMapName, code: string | undefined): string | undefined {
    return code === undefined ? undefined : this.#maps.get(map)?.get(code);
  }

  /** Whether codes of this system can satisfy a required binding. */
  binds(binding: BindingName, system: string | undefined): boolean {
    return system !== undefined && this.#bindings.get(binding)?.has(system) === true;
  }

  /**
   * The same code in a system that the binding names, as a terminology server said it. What it says holds only while the
   * tables still name that system.
   */
  translate(binding: BindingName, { system, code }: Coding): Coding | undefined {
    if (system === undefined || code === undefined) return undefined;
    const target = this.#translations.get(keyOfQuestion({ binding, system, code }));
    return target !== undefined && target !== null && this.binds(binding, target.system) ? target : undefined;
  }

  /** Whether it was answered, or the answer withdrawn: then it need not be asked. */
  isAnswered(question: TermQuestion): boolean {
    return this.#translations.has(keyOfQuestion(question));
  }

  /** Whether a coding is on one of the lists that name their codes one by one. */
  hasListed(name: ListName, concept: CodeableConcept | undefined): boolean {
    const list = this.#lists.get(name);
    return concept?.coding?.some(({ system, code }) => list?.has(`${system ?? ''}|${code ?? ''}`)) === true;
  }

  findCodingSystem(name: string): string | undefined {
    return this.#systemNames.get(name.toUpperCase().replace(/[\s._-]/g, ''));
  }

  findCodingSystemOfOid(oid: string): string | undefined {
    return this.#systemOids.get(oid);
  }

  findIdentifierSystemOfOid(oid: string): string | undefined {
    return this.#identifierOids.get(oid);
  }

  findAuthority(name: string): string | undefined {
    return this.#authorities.get(name.trim().toUpperCase());
  }

  /** How many digits a number of this system has; undefined when it has no such rule. */
  findDigits(system: string): number | undefined {
    return this.#digits.get(system);
  }

  /** UCUM code of a unit as people write it. */
  findUnit(unit: string): string | undefined {
    const text = unit.trim();
    if (this.#unitsExact.has(text)) return text;
    return this.#unitsFolded.get(text.toLowerCase().replace(/\s/g, '').replace(/[µμ]/g, 'u'));
  }

  /** Whether a code is UCUM, as far as its atoms are in the table. */
  isUcum(code: string): boolean {
    return this.#ucum.has(code);
  }

  /** ISO 3166 code of a country that comes as a code; names stay names. */
  findCountry(country: string): string | undefined {
    return this.#countries.get(country);
  }

  /** Whether a source is believed that says that a resource has this profile. */
  isClaimable(resourceType: string, profile: string): boolean {
    return this.#claimable.get(resourceType)?.has(profile) === true;
  }

  /** Whether a field of HL7 v2 steers the message or numbers its segments. */
  isControlField(segment: string, field: number): boolean {
    const fields = this.#controlFields.get(segment);
    return fields === '*' || fields?.has(field) === true;
  }

  /** ATC code of a CVX vaccine code. */
  findVaccine(cvx: string): string | undefined {
    return this.#vaccines.get(cvx);
  }

  findObservationProfile(
    system: string | undefined,
    code: string | undefined,
  ): ObservationProfile | undefined {
    return code === undefined ? undefined : this.#observations.get(`${system ?? ''}|${code}`);
  }
}

function setOfSource(set: TableSet, { names, authorities, units }: SourceTables): TableSet {
  return {
    ...set,
    sources: {},
    'coding-systems': { ...set['coding-systems'], names: { ...set['coding-systems'].names, ...names } },
    'identifier-systems': {
      ...set['identifier-systems'],
      authorities: { ...set['identifier-systems'].authorities, ...authorities },
    },
    units: { ...set.units, folded: { ...set.units.folded, ...units } },
  };
}

/** Those of this release. */
export const currentTables = new CodeTables();

function codesOf(list: Readonly<Record<string, string>>): ReadonlySet<string> {
  return new Set(
    Object.entries(list).flatMap(([system, codes]) => codes.split(' ').map((code) => `${system}|${code}`)),
  );
}

function toMap(object: Readonly<Record<string, string>>): CodeMap {
  return new Map(Object.entries(object));
}

function expand(prefix: string, lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(' ')).map((name) => prefix + name);
}
