import { Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { SmartBackend, tokenLifetimeSeconds } from './smart-backend.js';

/** Where a backend service gets its token. */
@Controller()
export class SmartController {
  constructor(private readonly smart: SmartBackend) {}

  @Get('fhir/.well-known/smart-configuration')
  configuration(): object {
    if (!this.smart.isRequired) throw new Failure('not-found', 'No token is needed here');
    return {
      token_endpoint: this.smart.tokenUrl,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
      grant_types_supported: ['client_credentials'],
      scopes_supported: ['system/*.rs'],
      capabilities: ['client-confidential-asymmetric', 'permission-v2'],
    };
  }

  @Post('token')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async token(@Body() form: Readonly<Record<string, unknown>>): Promise<object> {
    const { scope } = form;
    return {
      access_token: await this.smart.issue(form),
      token_type: 'bearer',
      expires_in: tokenLifetimeSeconds,
      scope: typeof scope === 'string' ? scope : 'system/*.rs',
    };
  }
}
