import table from './concepts.json' with { type: 'json' };

/** Where the CDM keeps facts of a concept. */
export type CdmDomain =
  'Gender' | 'Visit' | 'Condition' | 'Measurement' | 'Observation' | 'Procedure' | 'Drug' | 'Unit';

export interface Concept {
  readonly id: number;
  readonly domain: CdmDomain;
  /** Whether a terminologist has held it against the OHDSI vocabularies. */
  readonly reviewed: boolean;
}

/** Concepts for codes of one system, as the file has them. */
export interface ConceptTable {
  readonly system: string;
  readonly domain: string;
  readonly concepts: readonly {
    readonly code: string;
    readonly concept: number;
    readonly reviewed: boolean;
  }[];
}

export interface SourceCode {
  readonly system: string;
  readonly code: string;
}

/** From codes of the sources to standard concepts of the OHDSI vocabularies. What is not in it has concept 0, as the CDM says. */
export class ConceptMap {
  readonly #concepts = new Map<string, Concept>();

  constructor(tables: readonly ConceptTable[] = table.tables) {
    for (const { system, domain, concepts } of tables)
      for (const { code, concept: id, reviewed } of concepts)
        this.#concepts.set(keyOf({ system, code }), { id, domain: domain as CdmDomain, reviewed });
  }

  find(code: SourceCode): Concept | undefined {
    return this.#concepts.get(keyOf(code));
  }

  /** The first code that has a concept, else the first code. */
  choose(codes: readonly SourceCode[]): { readonly source?: SourceCode; readonly concept?: Concept } {
    for (const source of codes) {
      const concept = this.find(source);
      if (concept !== undefined) return { source, concept };
    }
    const [source] = codes;
    return source === undefined ? {} : { source };
  }
}

function keyOf({ system, code }: SourceCode): string {
  return `${system}|${code}`;
}
