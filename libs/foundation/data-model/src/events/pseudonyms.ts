/** A caller wants many evaluations (an initial load). `request` is a compact JWS of the caller over the blinded inputs. */
export interface PseudonymEvaluationRequested {
  readonly requestId: string;
  readonly request: string;
}

/** The answer to it: one sealed token an input, in its order, or the reason why not. */
export interface PseudonymEvaluated {
  readonly requestId: string;
  readonly outcome: 'evaluated' | 'refused';
  /** Compact JWEs that only the recipient can open; empty when refused. */
  readonly tokens: readonly string[];
  readonly reason?: string;
}
