/** A source as ingest describes it. */
export interface Source {
  readonly id: string;
  readonly kind: string;
  readonly displayName?: string;
  readonly state: string;
  readonly reason?: string;
  readonly pausedAt?: string;
}

export interface SourceWithProgress extends Source {
  readonly progress: {
    readonly messages: number;
    readonly lastReceivedAt: string | null;
    readonly pull: readonly { readonly resourceType: string; readonly watermark: string | null }[];
  };
}
