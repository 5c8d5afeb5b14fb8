import type { CodeableConcept } from '../fhir-types.js';
import bindings from './bindings.json' with { type: 'json' };
import codeMaps from './code-maps.json' with { type: 'json' };
import codingSystems from './coding-systems.json' with { type: 'json' };
import extensions from './extensions.json' with { type: 'json' };
import hl7Tables from './hl7-tables.json' with { type: 'json' };
import identifierSystems from './identifier-systems.json' with { type: 'json' };
import observations from './observations.json' with { type: 'json' };
import scope from './scope.json' with { type: 'json' };
import units from './units.json' with { type: 'json' };
import valueLists from './value-lists.json' with { type: 'json' };
import vaccines from './vaccines.json' with { type: 'json' };

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

export type Hl7TableName = Exclude<keyof typeof hl7Tables, 'title'>;
export type BindingName = Exclude<keyof typeof bindings, 'title'>;
export type CodeMapName = Exclude<keyof typeof codeMaps, 'title'>;

export type ListName = Exclude<keyof typeof valueLists, 'title'>;

type CodeMap = ReadonlyMap<string, string>;

/** The code tables of one mapping version, laid out for look-up. Which codes there are is said in the JSON files beside. */
export class CodeTables {
  readonly #hl7 = new Map<string, CodeMap>();
  readonly #maps = new Map<string, CodeMap>();
  readonly #bindings = new Map<string, ReadonlySet<string>>();
  readonly #lists = new Map<string, ReadonlySet<string>>();
  readonly #systemNames = toMap(codingSystems.names);
  readonly #systemOids = toMap(codingSystems.oids);
  readonly #identifierOids = toMap(identifierSystems.oids);
  readonly #authorities = toMap(identifierSystems.authorities);
  readonly #digits: ReadonlyMap<string, number> = new Map(Object.entries(identifierSystems.digits));
  readonly #unitsExact = new Set(units.exact);
  readonly #unitsFolded = toMap(units.folded);
  readonly #vaccines = toMap(vaccines.codes);
  readonly #observations = new Map<string, ObservationProfile>();
  readonly vitalSigns: ReadonlySet<string>;
  readonly extensions: ReadonlySet<string>;
  readonly outOfScope: ReadonlySet<string> = new Set(scope.outOfScope);
  readonly supporting: ReadonlySet<string> = new Set(scope.supporting);
  readonly singleIdentifier: ReadonlySet<string> = new Set(scope.singleIdentifier);
  readonly noIdentifier: ReadonlySet<string> = new Set(scope.noIdentifier);
  readonly limitedIdentifier: ReadonlySet<string> = new Set(scope.limitedIdentifier);

  constructor() {
    for (const [name, table] of Object.entries(hl7Tables)) {
      if (typeof table !== 'string') this.#hl7.set(name, toMap(table.codes));
    }
    for (const [name, map] of Object.entries(codeMaps)) {
      if (typeof map !== 'string') this.#maps.set(name, toMap(map));
    }
    for (const [name, systems] of Object.entries(bindings)) {
      if (typeof systems !== 'string') this.#bindings.set(name, new Set(systems));
    }
    for (const [name, list] of Object.entries(valueLists)) {
      if (typeof list !== 'string') this.#lists.set(name, codesOf(list));
    }
    for (const profile of observations.profiles as ObservationProfile[]) {
      for (const code of profile.match) this.#observations.set(code, profile);
    }
    this.vitalSigns = new Set(observations.vitalSigns);
    this.extensions = new Set([
      ...expand(extensions.prefixes.core, extensions.core),
      ...expand(extensions.prefixes.nictiz, extensions.nictiz),
    ]);
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
