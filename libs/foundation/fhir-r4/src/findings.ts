/** One thing that is wrong with a resource. Names the place and the rule, never the value found there. */
export interface ValidationIssue {
  readonly severity: 'error';
  /** FHIR issue type (http://hl7.org/fhir/R4/valueset-issue-type.html). */
  readonly code: IssueCode;
  /** FHIRPath from the root of what was validated, e.g. `Patient.name[0].use`. */
  readonly expression: string;
  readonly text: string;
}

export type IssueCode = 'structure' | 'required' | 'value' | 'code-invalid' | 'invariant' | 'too-long';

/** Beyond this number a resource is hopeless and more findings help nobody. */
const MAX_ISSUES = 100;
/** Deeper than any real resource; keeps hostile nesting from exhausting the stack. */
export const MAX_DEPTH = 120;

const ELEMENT_NAME = /^_?[A-Za-z][A-Za-z0-9]{0,63}$/;

/** Where the validation stands, and what it found. The path is kept as parts and only written out for a finding. */
export class Findings {
  readonly issues: ValidationIssue[] = [];
  readonly path: (string | number)[] = [];

  constructor(readonly root: string) {}

  add(code: IssueCode, text: string, element?: string): void {
    if (this.issues.length >= MAX_ISSUES) return;
    this.issues.push({ severity: 'error', code, expression: this.expression(element), text });
  }

  /** A name that a sender made up may itself be patient data: what does not look like an element is not repeated. */
  private expression(element?: string): string {
    let expression = this.root;
    for (const part of this.path) expression += typeof part === 'number' ? `[${part}]` : `.${part}`;
    return element === undefined || !ELEMENT_NAME.test(element) ? expression : `${expression}.${element}`;
  }
}
