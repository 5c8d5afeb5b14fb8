/**
 * The failures a caller can meet, each with one HTTP status and one FHIR issue type. Text is for people and holds no
 * patient data; `expression` is a FHIRPath into what the caller sent.
 */
export const failureKinds = {
  malformed: { status: 400, issueType: 'structure', title: 'The request cannot be read' },
  unauthenticated: { status: 401, issueType: 'login', title: 'A valid access token is required' },
  forbidden: { status: 403, issueType: 'forbidden', title: 'Not allowed' },
  'not-found': { status: 404, issueType: 'not-found', title: 'Not found' },
  conflict: { status: 409, issueType: 'conflict', title: 'Conflicts with the present state' },
  'precondition-failed': { status: 412, issueType: 'conflict', title: 'The resource has changed meanwhile' },
  'too-large': { status: 413, issueType: 'too-long', title: 'The request is too large' },
  'unsupported-media-type': {
    status: 415,
    issueType: 'not-supported',
    title: 'This content type is not supported',
  },
  invalid: { status: 422, issueType: 'invalid', title: 'The content is not valid' },
  'too-many': { status: 429, issueType: 'throttled', title: 'Too many requests' },
  internal: { status: 500, issueType: 'exception', title: 'Something went wrong on our side' },
  upstream: { status: 502, issueType: 'transient', title: 'A service that is needed gave no usable answer' },
  unavailable: { status: 503, issueType: 'transient', title: 'Not available now' },
  timeout: { status: 504, issueType: 'timeout', title: 'A service that is needed did not answer in time' },
} as const;

export type FailureKind = keyof typeof failureKinds;

export interface FailureIssue {
  /** FHIR issue type; the kind's own when left out. */
  readonly code?: string;
  readonly text: string;
  readonly expression?: string;
}

export interface FailureOptions {
  readonly issues?: readonly FailureIssue[];
  readonly cause?: unknown;
  readonly retryAfterSeconds?: number;
}

/** The one error currency of the services: thrown anywhere, turned into a response at the edge. */
export class Failure extends Error {
  readonly issues: readonly FailureIssue[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly kind: FailureKind,
    text: string = failureKinds[kind].title,
    options: FailureOptions = {},
  ) {
    super(text, { cause: options.cause });
    this.name = 'Failure';
    this.issues = options.issues ?? [{ text }];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return failureKinds[this.kind].status;
  }
}

/** Any thrown value as a Failure; what is not one already is an internal failure that reveals nothing. */
export function toFailure(thrown: unknown): Failure {
  return thrown instanceof Failure ? thrown : new Failure('internal', undefined, { cause: thrown });
}
