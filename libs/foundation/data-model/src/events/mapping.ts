import type { MessageId, SourceId } from '../identifiers.js';

/** What messages of one source carried, and whether the mapping used it: counts for the unmapped report. */
export interface MappingObserved {
  readonly sourceId: SourceId;
  readonly mappingVersion: string;
  readonly messages: number;
  /** First and last position of the source among them, replays left aside: how far the mapping has come. */
  readonly positions?: { readonly first: number; readonly last: number };
  readonly observations: readonly MappingObservation[];
}

export interface MappingObservation {
  /**
   * `segment` to `resource`: what was carried. The others say how good it is: `concept`, a mandatory concept of a zib;
   * `conformance`, a resource in its profile or on base R4 with the reason; `delay` from sending to receipt; `repetition`.
   */
  readonly kind:
    | 'segment'
    | 'field'
    | 'element'
    | 'code'
    | 'extension'
    | 'resource'
    | 'concept'
    | 'conformance'
    | 'delay'
    | 'repetition';
  /** Message type as `ORU^R01`, or FHIR resource type. */
  readonly messageType: string;
  /** Segment path (`OBX-17`), FHIRPath without indexes, or for a code its system: never a value of a patient. */
  readonly path: string;
  /** Only for `kind: code`: the code that could not be mapped, of a code system (never free text). */
  readonly code?: string;
  /** Whether the mapping used it; for what says how good a message is, whether it is as it should be. */
  readonly used: boolean;
  readonly count: number;
  /** A message in which it stands, so that someone who may read it can look. */
  readonly exampleMessageId: MessageId;
}

/** Another set of code tables is in use: messages that are taken up from now on are mapped by this version. */
export interface MappingTablesActivated {
  /** Number of the set; it only grows. */
  readonly tables: number;
  /** SHA-256 of the tables. */
  readonly digest: string;
  /** Rules and tables together, as resources name it. */
  readonly mappingVersion: string;
}
