import ips from './ips.json' with { type: 'json' };

type Texts = Readonly<Record<string, string>>;

/** How a summary is divided and coded: data, so that it can be changed without a change of the writer. */
export interface SummaryTable {
  readonly sections: readonly {
    readonly name: string;
    readonly code: string;
    readonly title: string;
    readonly absent?: string;
  }[];
  readonly profiles: Texts;
  readonly smoking: Texts;
  readonly laboratoryProfile: string;
}

/** The table of this release. */
export const releasedSummaryTable: SummaryTable = ips;

/** The sections that facts are put in; the table says how they are coded and called. */
export type SectionName =
  | 'medications'
  | 'allergies'
  | 'problems'
  | 'pastIllness'
  | 'procedures'
  | 'immunizations'
  | 'devices'
  | 'results'
  | 'vitalSigns'
  | 'socialHistory'
  | 'advanceDirectives'
  | 'planOfCare'
  | 'alerts';

export type SectionDefinition = SummaryTable['sections'][number];
export const ipsUrl = 'http://hl7.org/fhir/uv/ips';
