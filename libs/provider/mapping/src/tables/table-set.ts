import bindings from './bindings.json' with { type: 'json' };
import codeMaps from './code-maps.json' with { type: 'json' };
import codingSystems from './coding-systems.json' with { type: 'json' };
import extensions from './extensions.json' with { type: 'json' };
import hl7Tables from './hl7-tables.json' with { type: 'json' };
import identifierSystems from './identifier-systems.json' with { type: 'json' };
import observations from './observations.json' with { type: 'json' };
import scope from './scope.json' with { type: 'json' };
import terminology from './terminology.json' with { type: 'json' };
import units from './units.json' with { type: 'json' };
import valueLists from './value-lists.json' with { type: 'json' };
import vaccines from './vaccines.json' with { type: 'json' };

type Texts = Readonly<Record<string, string>>;
/** A file of named tables, with a title beside them. */
type Named<T> = Readonly<Record<string, T | string>>;

/** The tables of a mapping as a terminologist writes them: one property for each file. */
export interface TableSet {
  readonly bindings: Named<readonly string[]>;
  readonly 'code-maps': Named<Texts>;
  readonly 'coding-systems': { readonly names: Texts; readonly oids: Texts };
  readonly extensions: {
    readonly prefixes: { readonly core: string; readonly nictiz: string };
    readonly core: readonly string[];
    readonly nictiz: readonly string[];
  };
  readonly 'hl7-tables': Named<{ readonly codes: Texts }>;
  readonly 'identifier-systems': {
    readonly oids: Texts;
    readonly authorities: Texts;
    readonly digits: Readonly<Record<string, number>>;
  };
  readonly observations: { readonly profiles: readonly object[]; readonly vitalSigns: readonly string[] };
  readonly scope: Readonly<
    Record<
      'outOfScope' | 'supporting' | 'singleIdentifier' | 'noIdentifier' | 'limitedIdentifier',
      readonly string[]
    >
  >;
  readonly terminology: { readonly valueSets: Texts };
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
  'code-maps': codeMaps,
  'coding-systems': codingSystems,
  extensions,
  'hl7-tables': hl7Tables,
  'identifier-systems': identifierSystems,
  observations,
  scope,
  terminology,
  units,
  'value-lists': valueLists,
  vaccines,
};
