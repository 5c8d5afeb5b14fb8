import type { TableSet, TypeRules } from '../tables/table-set.js';

type Names = ReadonlyMap<string, string>;

/** What has another name in STU3 (zib 2017) than in R4 (zib 2020), laid out for look-up in both directions. */
export class Stu3Names {
  readonly #systems: Names;
  readonly #extensions: Names;
  readonly #earlierSystems: Names;
  readonly #earlierExtensions: Names;
  readonly #prefixes: readonly [string, string][];
  readonly #codes: Names;
  readonly #earlierCodes: Names;

  constructor(private readonly table: TableSet['stu3']) {
    this.#systems = new Map(Object.entries(table.systems));
    this.#extensions = new Map(Object.entries(table.extensions));
    this.#earlierSystems = inverse(this.#systems);
    this.#earlierExtensions = inverse(this.#extensions);
    this.#prefixes = Object.entries(table.systemPrefixes);
    this.#codes = new Map(Object.entries(table.codes['observation'] ?? {}));
    this.#earlierCodes = new Map(
      [...this.#codes].map(([earlier, later]) => [later, earlier.split('|')[1] ?? '']),
    );
  }

  rulesOf(resourceType: string): TypeRules {
    return this.table.types[resourceType] ?? {};
  }

  /** The name that a code system of STU3 has in R4. */
  laterSystem(system: string): string {
    const known = this.#systems.get(system);
    if (known !== undefined) return known;
    const prefix = this.#prefixes.find(([earlier]) => system.startsWith(earlier));
    return prefix === undefined ? system : prefix[1] + system.slice(prefix[0].length);
  }

  earlierSystem(system: string): string {
    const known = this.#earlierSystems.get(system);
    if (known !== undefined) return known;
    const prefix = this.#prefixes.find(([, later]) => system.startsWith(later));
    return prefix === undefined ? system : prefix[0] + system.slice(prefix[1].length);
  }

  laterExtension(url: string): string {
    return this.#extensions.get(url) ?? url;
  }

  earlierExtension(url: string): string {
    return this.#earlierExtensions.get(url) ?? url;
  }

  /** Code that an observation of STU3, as `system|code`, has in R4. */
  laterCode(observation: string): string | undefined {
    return this.#codes.get(observation);
  }

  earlierCode(code: string | undefined): string | undefined {
    return code === undefined ? undefined : this.#earlierCodes.get(code);
  }

  dateCriterion(code: string): string | undefined {
    return this.table.codes['dateCriterion']?.[code];
  }

  permission(code: string): string | undefined {
    return this.table.codes['treatmentPermitted']?.[code];
  }

  /** Profile of zib 2017 of an observation in a profile of nl-core. */
  earlierProfile(name: string): string | undefined {
    return this.table.observationProfiles[name];
  }
}

function inverse(map: Names): Names {
  return new Map([...map].reverse().map(([earlier, later]) => [later, earlier]));
}
