/** What a verified Dezi statement (verklaring) says about a professional. */
export interface DeziStatement {
  /** Dezi number, nine digits. */
  readonly professionalId: string;
  /** Role code, `NN.NNN`. */
  readonly roleCode: string;
  /** URA of the care provider at which the role holds (abonnee_nummer). */
  readonly organisation: string;
  readonly statusUri: string;
}

export interface StatementRules {
  readonly levels: readonly string[];
  readonly roleSources: readonly string[];
}

/** A statement that cannot be accepted. Says which rule failed, never whom it is about. */
export class StatementError extends Error {
  constructor(rule: string, options?: ErrorOptions) {
    super(`the Dezi statement is not accepted: ${rule}`, options);
    this.name = 'StatementError';
  }
}

const PROFESSIONAL_ID = /^\d{9}$/;
const ROLE_CODE = /^\d{2}\.\d{3}$/;
const URA = /^\d{8}$/;

/**
 * The claims of a statement whose signature and lifetime hold (Dezi interface specification 0.7).
 * @throws StatementError
 */
export function readStatement(
  claims: Readonly<Record<string, unknown>>,
  rules: StatementRules,
): DeziStatement {
  if (!rules.levels.includes(text(claims, 'loa_dezi')))
    throw new StatementError('the level of assurance is too low or unknown');
  if (!rules.roleSources.includes(text(claims, 'rol_code_bron')))
    throw new StatementError('the source of the role code is unknown');
  return {
    professionalId: text(claims, 'dezi_nummer', PROFESSIONAL_ID),
    roleCode: text(claims, 'rol_code', ROLE_CODE),
    organisation: text(claims, 'abonnee_nummer', URA),
    statusUri: text(claims, 'status_uri'),
  };
}

function text(claims: Readonly<Record<string, unknown>>, name: string, pattern = /./): string {
  const value = claims[name];
  if (typeof value !== 'string' || !pattern.test(value))
    throw new StatementError(`${name} is absent or malformed`);
  return value;
}
