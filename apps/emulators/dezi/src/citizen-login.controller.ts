import { randomBytes } from 'node:crypto';
import { Body, Controller, Get, Header, Headers, HttpCode, Post, Query, Res } from '@nestjs/common';
import { identifierSystems } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { pageLanguage, plainPage, ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';

type Members = Readonly<Record<string, unknown>>;

const words = {
  nl: { title: 'Inloggen (nabootsing)', site: 'Inlogdienst voor burgers', button: 'Inloggen' },
  en: { title: 'Sign in (stand-in)', site: 'Sign-in service for citizens', button: 'Sign in' },
} as const;

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
  page(@Query() query: Members, @Headers('accept-language') accepted: string | undefined): string {
    const { requestId, returnTo } = this.#readRequest(query);
    const language = pageLanguage(accepted);
    return plainPage({
      language,
      ...words[language],
      body: `<form method="post" action="login">
<input type="hidden" name="request_id" value="${requestId}"><input type="hidden" name="return_to" value="${returnTo}">
<p><label for="number">BSN</label><br><input id="number" name="number" inputmode="numeric" autocomplete="off"></p>
<p><button>${words[language].button}</button></p></form>`,
    });
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
