import { randomBytes } from 'node:crypto';
import { Body, Controller, Get, Headers, Inject, Post, Query, Res } from '@nestjs/common';
import { Public, type PatientBinding } from '@samenhang/identity';
import { pageLanguage, ServiceEnvironment, type PageLanguage } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import { ClientDirectory } from '../tokens/client-directory.js';
import { CitizenLogin } from './citizen-login.js';
import { consentPage, refusalPage } from './citizen-pages.js';
import { readCitizenRequest, type CitizenRequest } from './citizen-request.js';
import { CitizenSessions } from './citizen-sessions.js';

export const PATIENT_BINDING = Symbol('authorisation-server.patient-binding');
const COOKIE = 'samenhang_citizen';
const COOKIE_SECONDS = 900;

type Parameters = Readonly<Record<string, unknown>>;

/**
 * A citizen gives an application leave to collect their own data: authorisation code with PKCE, in the shape of MedMij.
 * Who the citizen is, is asked of the login service directly and sealed at once.
 */
@Controller('citizen')
@Public()
export class CitizenController {
  constructor(
    private readonly clients: ClientDirectory,
    private readonly sessions: CitizenSessions,
    private readonly login: CitizenLogin,
    @Inject(PATIENT_BINDING) private readonly binding: () => Pick<PatientBinding, 'seal'>,
    private readonly environment: ServiceEnvironment,
  ) {}

  @Get('authorize')
  async authorize(@Query() query: Parameters, @Res() reply: FastifyReply): Promise<void> {
    const outcome = readCitizenRequest(query, (clientId) => this.clients.find(clientId));
    if ('error' in outcome) {
      const { error, redirectUri, state } = outcome;
      if (redirectUri === undefined) return refuse(reply);
      return sendBack(reply, redirectUri, { error, ...(state === undefined ? {} : { state }) });
    }
    const browser = randomBytes(32).toString('base64url');
    const name = await this.sessions.beginLogin(outcome.request, browser);
    const secure = this.environment.publicUrl.startsWith('https:') ? '; Secure' : '';
    void reply.header(
      'set-cookie',
      `${COOKIE}=${browser}; Path=/; Max-Age=${COOKIE_SECONDS}; HttpOnly; SameSite=Lax${secure}`,
    );
    return redirect(reply, this.login.addressFor(name));
  }

  @Get('return')
  async comeBack(
    @Query() { request_id: requestId, artifact }: Parameters,
    @Headers('cookie') cookie: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (typeof requestId !== 'string' || typeof artifact !== 'string') return refuse(reply);
    const login = await this.sessions.endLogin(requestId, readCookie(cookie));
    const citizen = login && (await this.login.resolve(artifact, requestId));
    if (login === undefined || citizen === undefined) return refuse(reply);
    const consent = await this.sessions.beginConsent(login, this.binding().seal(citizen));
    const application = this.clients.find(login.request.clientId);
    if (application === undefined) return refuse(reply);
    return show(
      reply,
      200,
      consentPage(languageOf(reply), login.request, application, consent),
      login.request,
    );
  }

  @Post('consent')
  async consent(
    @Body() body: unknown,
    @Headers('cookie') cookie: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { consent, decision } = (body ?? {}) as Parameters;
    const login =
      typeof consent === 'string' ? await this.sessions.endConsent(consent, readCookie(cookie)) : undefined;
    if (login === undefined) return refuse(reply);
    const { redirectUri, state } = login.request;
    if (decision !== 'yes') return sendBack(reply, redirectUri, { error: 'access_denied', state });
    return sendBack(reply, redirectUri, { code: await this.sessions.issueCode(login), state });
  }
}

function readCookie(header = ''): string {
  const found = header
    .split(';')
    .map((each) => each.trim().split('=', 2))
    .find(([name]) => name === COOKIE);
  return found?.[1] ?? '';
}

function sendBack(reply: FastifyReply, redirectUri: string, answer: Record<string, string>): void {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  redirect(reply, url.href);
}

function redirect(reply: FastifyReply, url: string): void {
  void reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').redirect(url, 303);
}

function refuse(reply: FastifyReply): void {
  show(reply, 400, refusalPage(languageOf(reply)));
}

function languageOf({ request }: FastifyReply): PageLanguage {
  return pageLanguage(request.headers['accept-language']);
}

function show(reply: FastifyReply, status: number, html: string, request?: CitizenRequest): void {
  // A browser holds the addresses that a form leads to against this as well.
  const target = request === undefined ? '' : ` ${new URL(request.redirectUri).origin}`;
  void reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'content-security-policy': `default-src 'none'; frame-ancestors 'none'; form-action 'self'${target}`,
    })
    .send(html);
}
