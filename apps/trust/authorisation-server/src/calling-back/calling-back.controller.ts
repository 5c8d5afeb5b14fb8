import { Body, Controller, Get, Header, Post, Req, Res } from '@nestjs/common';
import {
  ClientCertificates,
  Public,
  type RegisteredClient,
  type RevocationListBody,
} from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SigningKeys } from '../keys/signing-keys.js';
import { OwnAudiences } from '../tokens/own-audiences.js';
import { ClientAuthentication } from './client-authentication.js';
import { idsOf, readIssuedToken } from './issued-token.js';
import { RevocationStore } from './revocation-store.js';

type Form = Readonly<Record<string, unknown>>;

/**
 * Introspection (RFC 7662) and revocation (RFC 7009) of access tokens, for authenticated clients. Services verify tokens
 * without asking; what was called back they learn from the list, which holds hashes of ids only.
 */
@Controller()
@Public()
export class CallingBackController {
  readonly #issuer: string;

  constructor(
    private readonly keys: SigningKeys,
    private readonly revocations: RevocationStore,
    private readonly authentication: ClientAuthentication,
    private readonly audiences: OwnAudiences,
    private readonly certificates: ClientCertificates,
    environment: ServiceEnvironment,
  ) {
    this.#issuer = environment.publicUrl;
  }

  @Get('revocations')
  @Header('cache-control', 'no-cache')
  list(): Promise<RevocationListBody> {
    return this.revocations.list();
  }

  @Post('introspect')
  async introspect(
    @Body() body: Form | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const client = await this.#findClient(body, 'introspect', request);
    if (client === undefined) return refuse(reply, 401, 'invalid_client');
    const token = body?.['token'];
    if (typeof token !== 'string') return refuse(reply, 400, 'invalid_request');
    const claims = await readIssuedToken(token, this.#issuer, this.keys.verificationKeys);
    const isActive =
      claims !== undefined &&
      this.#mayIntrospect(client, claims) &&
      !(await this.revocations.isAnyRevoked(idsOf(claims)));
    answer(
      reply,
      200,
      isActive ? { ...claims, active: true, token_type: typeOf(claims) } : { active: false },
    );
  }

  @Post('revoke')
  async revoke(
    @Body() body: Form | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const client = await this.#findClient(body, 'revoke', request);
    if (client === undefined) return refuse(reply, 401, 'invalid_client');
    const token = body?.['token'];
    if (typeof token !== 'string') return refuse(reply, 400, 'invalid_request');
    const claims = await readIssuedToken(token, this.#issuer, this.keys.verificationKeys);
    // What is no token, or is over, is as good as revoked (RFC 7009 section 2.2).
    if (claims !== undefined) {
      if (claims['client_id'] !== client.client_id) return refuse(reply, 400, 'unauthorized_client');
      await this.revocations.revoke(claims.jti ?? '');
    }
    answer(reply, 200, {});
  }

  async #findClient(
    body: Form | undefined,
    endpoint: string,
    { raw }: FastifyRequest,
  ): Promise<RegisteredClient | undefined> {
    if (this.certificates.isSpoofed(raw)) return undefined;
    return this.authentication.findClient(body ?? {}, endpoint, raw);
  }

  /** Who was given the token, the service it is for, and whoever guards services of others. Nobody else learns of it. */
  #mayIntrospect({ client_id: clientId, scopes }: RegisteredClient, claims: Form): boolean {
    return (
      claims['client_id'] === clientId ||
      scopes.includes('token:introspect') ||
      this.audiences.isAddressed(clientId, claims['aud'])
    );
  }
}

function typeOf({ cnf }: Form): 'DPoP' | 'Bearer' {
  return (cnf as { readonly jkt?: string } | undefined)?.jkt === undefined ? 'Bearer' : 'DPoP';
}

function refuse(reply: FastifyReply, status: number, error: string): void {
  answer(reply, status, { error });
}

function answer(reply: FastifyReply, status: number, body: object): void {
  void reply.code(status).header('cache-control', 'no-store').send(body);
}
