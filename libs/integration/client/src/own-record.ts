import { createHash } from 'node:crypto';
import type { FhirResource } from '@samenhang/data-model';
import { writeSummary } from '@samenhang/patient-summary';
import type { Fact, FhirBundle, PatientView } from './patient-view.js';
import { readPatientView } from './read-view.js';
import { viewSections, type ViewSection } from './view-sections.js';

/** A care provider whose data a citizen may see. */
export interface Custodian {
  readonly ura: string;
  readonly name: string;
  /** Base URL of its FHIR API. */
  readonly fhirUrl: string;
}

/** What a care provider's own answer is read into. */
type OwnSection = Exclude<ViewSection, 'documents' | 'others'>;
const ownSections = viewSections.filter(
  (section): section is OwnSection => section !== 'documents' && section !== 'others',
);

/** What one care provider holds of the citizen who asks. */
export interface OwnRecord extends Pick<PatientView, OwnSection | 'demographics'> {
  /** As the care provider answered. */
  readonly bundle: FhirBundle;
}

export function readOwnRecord(bundle: FhirBundle, { ura, name }: Custodian): OwnRecord {
  const view = readPatientView(bundle);
  const withSource = (facts: readonly Fact[]): Fact[] =>
    facts.map((fact) => ({
      ...fact,
      sources: [{ custodian: ura, custodianName: name, system: `urn:ura:${ura}` }],
    }));
  return {
    ...(view.demographics === undefined ? {} : { demographics: view.demographics }),
    ...(Object.fromEntries(ownSections.map((section) => [section, withSource(view[section])])) as Record<
      OwnSection,
      Fact[]
    >),
    bundle,
  };
}

/** The same as an International Patient Summary; undefined when the care provider does not know the citizen. */
export function summaryOf({ bundle }: OwnRecord, { ura, name }: Custodian): FhirResource | undefined {
  const resources = (bundle.entry ?? []).flatMap(({ resource, search }) =>
    resource === undefined || search?.mode === 'outcome' ? [] : [resource],
  );
  if (resources.filter(({ resourceType }) => resourceType === 'Patient').length !== 1) return undefined;
  return writeSummary(resources, { timestamp: new Date().toISOString(), custodian: { ura, name }, uuidOf });
}

/** A UUID by name (RFC 9562, version 8): the same for the same text. */
function uuidOf(text: string): string {
  const digest = createHash('sha256').update(text).digest('hex');
  const variant = ((parseInt(digest.charAt(16), 16) & 3) | 8).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}
