import { CodeTables, type ObservationProfile } from '../tables/code-tables.js';
import type {
  BindingName,
  CodeMapName,
  Hl7TableName,
  ListName,
  SourceTables,
  TableSet,
} from '../tables/table-set.js';
import type { CodeableConcept, Coding } from '../fhir-types.js';

/** An entry of a code table that was found. */
export interface TableEntry {
  readonly table: string;
  readonly entry: string;
}

/** Code tables that note which of their entries are used, and can do without one of them. */
export class TracedTables extends CodeTables {
  readonly #used: Map<string, TableEntry>;

  constructor(
    { set, supplement }: Pick<CodeTables, 'set' | 'supplement'>,
    private readonly without?: TableEntry,
    used = new Map<string, TableEntry>(),
  ) {
    super(set, supplement);
    this.#used = used;
  }

  get used(): readonly TableEntry[] {
    return [...this.#used.values()];
  }

  override findHl7(table: Hl7TableName, code: string | undefined): string | undefined {
    return this.#found(`hl7-tables/${table}`, code?.trim().toUpperCase(), super.findHl7(table, code));
  }

  override find(map: CodeMapName, code: string | undefined): string | undefined {
    return this.#found(`code-maps/${map}`, code, super.find(map, code));
  }

  override binds(binding: BindingName, system: string | undefined): boolean {
    return (
      this.#found(`bindings/${binding}`, system, super.binds(binding, system) ? true : undefined) === true
    );
  }

  override findSource(source: string): SourceTables | undefined {
    return this.#found('sources', source, super.findSource(source));
  }

  protected override withSet(set: TableSet): CodeTables {
    return new TracedTables({ set, supplement: this.supplement }, this.without, this.#used);
  }

  override findCountry(country: string): string | undefined {
    return this.#found('countries', country, super.findCountry(country));
  }

  override isClaimable(resourceType: string, profile: string): boolean {
    const claimable = super.isClaimable(resourceType, profile) ? true : undefined;
    return this.#found(`claimable-profiles/${resourceType}`, profile, claimable) === true;
  }

  override translate(binding: BindingName, coding: Coding): Coding | undefined {
    const entry = `${coding.system ?? ''}|${coding.code ?? ''}`;
    return this.#found(`terminology/${binding}`, entry, super.translate(binding, coding));
  }

  override hasListed(name: ListName, concept: CodeableConcept | undefined): boolean {
    const listed = concept?.coding?.filter((coding) => super.hasListed(name, { coding: [coding] })) ?? [];
    return listed.some(
      ({ system, code }) =>
        this.#found(`value-lists/${name}`, `${system ?? ''}|${code ?? ''}`, true) === true,
    );
  }

  override findCodingSystem(name: string): string | undefined {
    return this.#found('coding-systems/names', name, super.findCodingSystem(name));
  }

  override findCodingSystemOfOid(oid: string): string | undefined {
    return this.#found('coding-systems/oids', oid, super.findCodingSystemOfOid(oid));
  }

  override findIdentifierSystemOfOid(oid: string): string | undefined {
    return this.#found('identifier-systems/oids', oid, super.findIdentifierSystemOfOid(oid));
  }

  override findAuthority(name: string): string | undefined {
    return this.#found('identifier-systems/authorities', name, super.findAuthority(name));
  }

  override findDigits(system: string): number | undefined {
    return this.#found('identifier-systems/digits', system, super.findDigits(system));
  }

  override findUnit(unit: string): string | undefined {
    return this.#found('units', unit, super.findUnit(unit));
  }

  override findVaccine(cvx: string): string | undefined {
    return this.#found('vaccines', cvx, super.findVaccine(cvx));
  }

  override findObservationProfile(
    system: string | undefined,
    code: string | undefined,
  ): ObservationProfile | undefined {
    const entry = `${system ?? ''}|${code ?? ''}`;
    return this.#found('observations', entry, super.findObservationProfile(system, code));
  }

  #found<T>(table: string, entry: string | undefined, result: T | undefined): T | undefined {
    if (result === undefined || entry === undefined) return undefined;
    if (this.without?.table === table && this.without.entry === entry) return undefined;
    this.#used.set(`${table}|${entry}`, { table, entry });
    return result;
  }
}
