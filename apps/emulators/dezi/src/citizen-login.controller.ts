import { randomBytes } from 'node:crypto';
import { Body, Controller, Get, Header, HttpCode, Post, Query, Res } from '@nestjs/common';
import { identifierSystems } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';

type Members = Readonly<Record<string, unknown>>;

/**
 * Stand-in for the national login of citizens: whoever can reach it is whom they say. The number goes in a body, never in
 * a URL; what comes back in the URL is a reference that can be resolved once.
 */
@Controller('digid')
export class CitizenLoginController {
  readonly #logins = new Map<string, { readonly identifier: string; readonly requestId: string }>();

  constructor(private readonly environment: ServiceEnvironment) {}

  @Get('login')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'none'")
  page(@Query() query: Members): string {
    const { requestId, returnTo } = this.#readRequest(query);
    return `<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Inloggen</title></head><body>
<h1>Inloggen (nabootsing)</h1><form method="post" action="login">
<input type="hidden" name="request_id" value="${requestId}"><input type="hidden" name="return_to" value="${returnTo}">
<label>BSN <input name="number" inputmode="numeric" autocomplete="off"></label><button>Inloggen</button></form></body></html>`;
  }

  @Post('login')
  login(@Body() body: unknown, @Res() reply: FastifyReply): void {
    const form = (body ?? {}) as Members;
    const { requestId, returnTo } = this.#readRequest(form);
    const { number } = form;
    if (typeof number !== 'string' || !/^\d{9}$/.test(number))
      throw new Failure('invalid', 'number must have nine digits');
    const artifact = randomBytes(32).toString('base64url');
    this.#logins.set(artifact, { identifier: `${identifierSystems.bsn}|${number}`, requestId });
    const query = new URLSearchParams({ request_id: requestId, artifact });
    void reply.redirect(`${returnTo}?${query.toString()}`, 303);
  }

  @Post('artifact')
  @HttpCode(200)
  resolve(@Body() body: unknown): { identifier: string; request_id: string } {
    const { artifact } = (body ?? {}) as Members;
    const login = typeof artifact === 'string' ? this.#logins.get(artifact) : undefined;
    if (typeof artifact !== 'string' || login === undefined) throw new Failure('not-found');
    this.#logins.delete(artifact);
    return { identifier: login.identifier, request_id: login.requestId };
  }

  /** Back to the authorisation server of the installation, and nowhere else. */
  #readRequest({ request_id: requestId, return_to: returnTo }: Members): {
    requestId: string;
    returnTo: string;
  } {
    const expected = `${this.environment.serviceUrl('authorisation-server')}/citizen/return`;
    if (typeof requestId !== 'string' || !/^[\w-]{1,64}$/.test(requestId) || returnTo !== expected)
      throw new Failure('malformed', 'request_id or return_to is not accepted');
    return { requestId, returnTo };
  }
}
