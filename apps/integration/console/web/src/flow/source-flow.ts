/** What a source did of late, as the console's server measured it. */
export interface SourceFlow {
  readonly id: string;
  readonly displayName: string;
  readonly messages: number;
  readonly waiting: number;
  readonly quarantined: number;
  readonly points: readonly FlowPoint[];
}

export interface FlowPoint {
  readonly at: number;
  /** Null for the first, before which nothing is known. */
  readonly perMinute: number | null;
  readonly waiting: number;
  readonly quarantined: number;
}
