import { type Failure, failureKinds } from './failure.js';

export interface OperationOutcomeIssue {
  severity: 'fatal' | 'error' | 'warning' | 'information';
  code: string;
  diagnostics?: string;
  details?: { text?: string; coding?: { system: string; code: string }[] };
  expression?: string[];
}

export interface OperationOutcome {
  resourceType: 'OperationOutcome';
  issue: OperationOutcomeIssue[];
}

/** A failure on a FHIR route (FHIR R4 http.html#outcome). */
export function toOperationOutcome(failure: Failure): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: failure.issues.map((issue) => ({
      severity: 'error',
      code: issue.code ?? failureKinds[failure.kind].issueType,
      diagnostics: issue.text,
      ...(issue.expression === undefined ? {} : { expression: [issue.expression] }),
    })),
  };
}

export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: { detail: string; pointer?: string }[];
}

/** A failure on any other route (RFC 9457). */
export function toProblemDetails(failure: Failure): ProblemDetails {
  return {
    type: `https://samenhang.example/problems/${failure.kind}`,
    title: failureKinds[failure.kind].title,
    status: failure.status,
    detail: failure.message,
    ...(failure.issues.length > 1 || failure.issues[0]?.expression !== undefined
      ? {
          errors: failure.issues.map((issue) => ({
            detail: issue.text,
            ...(issue.expression === undefined ? {} : { pointer: issue.expression }),
          })),
        }
      : {}),
  };
}
