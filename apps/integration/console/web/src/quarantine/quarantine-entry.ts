/** A message that could not be used, as ingest tells it. */
export interface QuarantineEntry {
  readonly id: string;
  readonly messageId: string;
  readonly sourceId: string;
  readonly stage: string;
  readonly reasonCode: string;
  readonly location: string;
  readonly text: string;
  readonly issues: readonly QuarantineIssue[];
  readonly mappingVersion: string | null;
  readonly format: string;
  readonly controlId: string | null;
  readonly receivedAt: string;
  readonly replayedAt: string | null;
}

export interface QuarantineIssue {
  readonly severity: 'error' | 'warning' | 'information';
  readonly code: string;
  readonly location: string;
  readonly text: string;
}
