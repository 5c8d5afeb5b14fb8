import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { JSONWebKeySet, JWK } from 'jose';
import { demoProfessionals, type DemoProfessional } from './professionals.js';
import {
  changeableClaims,
  StatementIssuer,
  statementIdOf,
  type StatementChanges,
} from './statement-issuer.js';

export const PUBLIC_KEYS = Symbol('dezi.public-keys');

/**
 * Stand-in for the national Dezi service in development and demonstrations: whoever can reach it gets a statement
 * about a fictitious professional, without logging in. Its key is trusted only where an installation lists it.
 */
@Controller()
export class DeziController {
  readonly #revoked = new Set<string>();

  constructor(
    private readonly issuer: StatementIssuer,
    @Inject(PUBLIC_KEYS) private readonly keys: readonly JWK[],
  ) {}

  @Get('dezi/jwks.json')
  jwks(): JSONWebKeySet {
    return { keys: [...this.keys] };
  }

  @Get('professionals')
  professionals(): readonly DemoProfessional[] {
    return demoProfessionals;
  }

  @Post('professionals/:deziNumber/statement')
  @HttpCode(200)
  async statement(
    @Param('deziNumber') deziNumber: string,
    @Body() body: unknown,
  ): Promise<{ verklaring_id: string; verklaring: string }> {
    const professional = getProfessional((candidate) => candidate.deziNumber === deziNumber);
    const verklaring = await this.issuer.issue(professional, readChanges(body));
    return { verklaring_id: statementIdOf(professional), verklaring };
  }

  @Get('status/v1/verklaring/:id')
  status(@Param('id') id: string): { verklaring_id: string; status: string } {
    getProfessional((candidate) => statementIdOf(candidate) === id);
    return { verklaring_id: id, status: this.#revoked.has(id) ? 'ingetrokken' : 'actief' };
  }

  @Post('status/v1/verklaring/:id/intrekken')
  @HttpCode(204)
  revoke(@Param('id') id: string): void {
    getProfessional((candidate) => statementIdOf(candidate) === id);
    this.#revoked.add(id);
  }

  @Post('status/v1/verklaring/:id/herstellen')
  @HttpCode(204)
  restore(@Param('id') id: string): void {
    this.#revoked.delete(id);
  }
}

/** `{ "changes": { "rol_code": "99.999" } }`: a statement with these claims instead. */
function readChanges(body: unknown): StatementChanges {
  const { changes = {} } = (body ?? {}) as { changes?: unknown };
  if (typeof changes !== 'object' || changes === null) throw new Failure('malformed', 'changes is an object');
  const known: readonly string[] = changeableClaims;
  for (const [name, value] of Object.entries(changes))
    if (!known.includes(name) || typeof value !== 'string')
      throw new Failure('invalid', `Only texts for ${known.join(', ')} can be changed`);
  return changes;
}

function getProfessional(matches: (candidate: DemoProfessional) => boolean): DemoProfessional {
  const professional = demoProfessionals.find(matches);
  if (professional === undefined) throw new Failure('not-found');
  return professional;
}
