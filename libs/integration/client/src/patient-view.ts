import type { FhirResource } from '@samenhang/data-model';

/** Where a fact comes from. */
export interface FactSource {
  /** URA of the care provider whose data it is. */
  readonly custodian: string;
  readonly custodianName?: string;
  /** The system that delivered it, as a URI. */
  readonly system: string;
  /** Address of its own record of the fact. */
  readonly address?: string;
}

/** One fact, as one of its sources wrote it, with everybody who holds it. */
export interface Fact {
  /** The original FHIR resource. */
  readonly resource: FhirResource;
  /** Absolute address of the original. */
  readonly address: string;
  /** What it is, for people: the display of its code. */
  readonly label: string;
  /** When, as the source wrote it. */
  readonly date?: string;
  /** Value with unit, dose, or reaction, for people. */
  readonly value?: string;
  readonly status?: string;
  readonly sources: readonly FactSource[];
  readonly conflicts: readonly FactConflict[];
  /** Elements that other sources of this fact fill in differently, without contradiction. */
  readonly differences: readonly string[];
}

export interface FactConflict {
  readonly kind: string;
  readonly elements: readonly string[];
  /** Addresses of the facts that it conflicts with. */
  readonly with: readonly string[];
}

export interface Demographics {
  readonly name?: string;
  readonly birthDate?: string;
  readonly gender?: string;
  readonly address?: string;
  /** Per element, each value that is stated with the custodians that state it. More than one value: they differ. */
  readonly elements: readonly DemographicElement[];
  readonly sources: readonly FactSource[];
}

export interface DemographicElement {
  readonly element: string;
  readonly values: readonly {
    readonly value: unknown;
    readonly text: string;
    readonly custodians: readonly string[];
  }[];
}

/** How a registered source answered. Without custodian: one that may not be named. */
export interface SourceStatus {
  readonly custodian?: string;
  readonly custodianName?: string;
  readonly status: string;
  readonly milliseconds?: number;
}

/** What the view lacks, and why: never to be hidden from the reader. */
export interface Missing {
  readonly custodian?: string;
  readonly custodianName?: string;
  readonly severity: string;
  readonly code: string;
  readonly text: string;
}

export interface ViewConflict {
  readonly kind: string;
  readonly elements: readonly string[];
  readonly facts: readonly Fact[];
}

/** Everything the registered sources say about one patient. */
export interface PatientView {
  /** Absent when no source answered with a person. */
  readonly demographics?: Demographics;
  readonly problems: readonly Fact[];
  readonly allergies: readonly Fact[];
  readonly medication: readonly Fact[];
  readonly laboratoryResults: readonly Fact[];
  readonly vitalSigns: readonly Fact[];
  readonly encounters: readonly Fact[];
  readonly procedures: readonly Fact[];
  readonly immunizations: readonly Fact[];
  /** Letters, reports and other files; `attachmentsOf` gives what is in them. */
  readonly documents: readonly Fact[];
  /** Facts of every other kind: alerts, care plans, appointments … */
  readonly others: readonly Fact[];
  /** Facts that a source has withdrawn as entered in error. */
  readonly retracted: readonly Fact[];
  readonly sources: readonly SourceStatus[];
  readonly conflicts: readonly ViewConflict[];
  readonly missing: readonly Missing[];
  /** No source is registered for this patient. That is not: the patient has no data. */
  readonly nothingRegistered: boolean;
  /** Present when sources are missing that can be asked again, for a short while: see `completeView`. */
  readonly retry?: string;
  /** The FHIR Bundle the view was read from. */
  readonly bundle: FhirBundle;
}

export interface FhirBundle {
  readonly resourceType: 'Bundle';
  readonly type: string;
  readonly entry?: readonly BundleEntry[];
  readonly [element: string]: unknown;
}

export interface BundleEntry {
  readonly fullUrl?: string;
  readonly resource?: FhirResource;
  readonly search?: { readonly mode?: string };
}
