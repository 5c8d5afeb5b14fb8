import { createHash, randomUUID } from 'node:crypto';
import { importJWK, SignJWT, type JWK } from 'jose';
import type { DemoProfessional } from './professionals.js';

const LIFETIME = '8h';
/** Names under which each kind of identifier of a statement is derived. */
const STATEMENT_ID_NAMESPACE = 'samenhang dezi emulator';

/** Claims that may be asked for otherwise. */
export const changeableClaims = [
  'dezi_nummer',
  'abonnee_nummer',
  'loa_dezi',
  'rol_code',
  'rol_code_bron',
  'status_uri',
] as const;
export type StatementChanges = Partial<Record<(typeof changeableClaims)[number], string>>;

/** Signs statements as Dezi does (interface specification 0.7): JWS RS256, `kid` and `jku` in the header. */
export class StatementIssuer {
  constructor(
    private readonly key: JWK,
    private readonly baseUrl: string,
  ) {}

  /** @param changes claims that are to be otherwise, for what a test wants to see refused */
  async issue(professional: DemoProfessional, changes: StatementChanges = {}): Promise<string> {
    const statementId = statementIdOf(professional);
    return new SignJWT({
      json_schema: `${this.baseUrl}/json_schema/v1/verklaring.json`,
      loa_dezi: 'http://eidas.europa.eu/LoA/high',
      verklaring_id: statementId,
      dezi_nummer: professional.deziNumber,
      voorletters: professional.initials,
      voorvoegsel: professional.prefix,
      achternaam: professional.surname,
      abonnee_nummer: professional.subscriberNumber,
      abonnee_naam: professional.subscriberName,
      rol_code: professional.roleCode,
      rol_naam: professional.roleName,
      rol_code_bron: 'http://www.dezi.nl/rol_bron/big',
      status_uri: `${this.baseUrl}/status/v1/verklaring/${statementId}`,
      ...changes,
    })
      .setProtectedHeader({
        alg: 'RS256',
        typ: 'JWT',
        kid: this.key.kid ?? '',
        jku: `${this.baseUrl}/dezi/jwks.json`,
      })
      .setJti(randomUUID())
      .setIssuer(this.baseUrl)
      .setNotBefore('0s')
      .setIssuedAt()
      .setExpirationTime(LIFETIME)
      .sign(await importJWK(this.key, 'RS256'));
  }
}

/** One statement id per professional, the same after a restart, so that a revocation keeps its meaning. */
export function statementIdOf(professional: DemoProfessional): string {
  const hex = createHash('sha256')
    .update(`${STATEMENT_ID_NAMESPACE} ${professional.deziNumber} ${professional.subscriberNumber}`)
    .digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
