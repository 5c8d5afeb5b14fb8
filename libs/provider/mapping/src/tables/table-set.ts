import type { SourceSettings } from '@samenhang/data-model';
import { releasedSummaryTable, type SummaryTable } from '@samenhang/patient-summary';
import bindings from './bindings.json' with { type: 'json' };
import claimableProfiles from './claimable-profiles.json' with { type: 'json' };
import codeMaps from './code-maps.json' with { type: 'json' };
import codingSystems from './coding-systems.json' with { type: 'json' };
import countries from './countries.json' with { type: 'json' };
import extensions from './extensions.json' with { type: 'json' };
import hl7ControlFields from './hl7-control-fields.json' with { type: 'json' };
import hl7Tables from './hl7-tables.json' with { type: 'json' };
import identifierSystems from './identifier-systems.json' with { type: 'json' };
import observations from './observations.json' with { type: 'json' };
import scope from './scope.json' with { type: 'json' };
import sources from './sources.json' with { type: 'json' };
import stu3 from './stu3.json' with { type: 'json' };
import terminology from './terminology.json' with { type: 'json' };
import ucumAtoms from './ucum-atoms.json' with { type: 'json' };
import units from './units.json' with { type: 'json' };
import valueLists from './value-lists.json' with { type: 'json' };
import vaccines from './vaccines.json' with { type: 'json' };

/** What is particular to one source, in the place of what holds for all, or beside it. */
export interface SourceTables {
  readonly settings?: Partial<Omit<SourceSettings, 'table'>>;
  readonly names?: Texts;
  readonly authorities?: Texts;
  readonly units?: Texts;
}

/** What has another name in STU3, of one resource type. */
export interface TypeRules {
  readonly rename?: Texts;
  readonly toList?: readonly string[];
  readonly toConcept?: Texts;
  readonly gone?: readonly string[];
  readonly defaults?: Texts;
  readonly profile?: string;
}

type Texts = Readonly<Record<string, string>>;
/** A file of named tables, with a title beside them. */
type Named<T> = Readonly<Record<string, T | string>>;

/** The tables of a mapping as a terminologist writes them: one property for each file. */
export interface TableSet {
  readonly bindings: Named<readonly string[]>;
  readonly 'claimable-profiles': Named<readonly string[]>;
  readonly 'code-maps': Named<Texts>;
  readonly 'coding-systems': { readonly names: Texts; readonly oids: Texts };
  readonly countries: { readonly codes: readonly string[]; readonly alpha3: Texts };
  readonly extensions: {
    readonly prefixes: { readonly core: string; readonly nictiz: string };
    readonly core: readonly string[];
    readonly nictiz: readonly string[];
  };
  /** Segment to fields, separated by one blank; `*` is the whole segment. */
  readonly 'hl7-control-fields': Texts;
  readonly 'hl7-tables': Named<{ readonly codes: Texts }>;
  readonly 'identifier-systems': {
    readonly oids: Texts;
    readonly authorities: Texts;
    readonly digits: Readonly<Record<string, number>>;
  };
  readonly ips: SummaryTable;
  readonly observations: { readonly profiles: readonly object[]; readonly vitalSigns: readonly string[] };
  readonly scope: Readonly<
    Record<
      'outOfScope' | 'supporting' | 'singleIdentifier' | 'noIdentifier' | 'limitedIdentifier',
      readonly string[]
    >
  >;
  /** By URA and source: `22222222/lis`. */
  readonly sources: Named<SourceTables>;
  readonly stu3: {
    readonly systems: Texts;
    readonly systemPrefixes: Texts;
    readonly extensions: Texts;
    readonly codes: Readonly<Record<string, Texts>>;
    readonly types: Readonly<Record<string, TypeRules>>;
    readonly observationProfiles: Texts;
  };
  readonly terminology: { readonly valueSets: Texts };
  readonly 'ucum-atoms': { readonly prefixes: string; readonly metric: string; readonly other: string };
  readonly units: { readonly exact: readonly string[]; readonly folded: Texts };
  readonly 'value-lists': Named<Texts>;
  readonly vaccines: { readonly codes: Texts };
}

export type TableName = keyof TableSet;

export type Hl7TableName = Exclude<keyof typeof hl7Tables, 'title'>;
export type BindingName = Exclude<keyof typeof bindings, 'title'>;
export type CodeMapName = Exclude<keyof typeof codeMaps, 'title'>;
export type ListName = Exclude<keyof typeof valueLists, 'title'>;

/** The tables of this release. */
export const releasedTables: TableSet = {
  bindings,
  'claimable-profiles': claimableProfiles,
  'code-maps': codeMaps,
  'coding-systems': codingSystems,
  countries,
  extensions,
  'hl7-control-fields': hl7ControlFields,
  'hl7-tables': hl7Tables,
  'identifier-systems': identifierSystems,
  ips: releasedSummaryTable,
  observations,
  scope,
  sources,
  stu3,
  terminology,
  'ucum-atoms': ucumAtoms,
  units,
  'value-lists': valueLists,
  vaccines,
};
