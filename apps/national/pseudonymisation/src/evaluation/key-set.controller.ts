import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '@samenhang/identity';
import type { JWK } from 'jose';
import { EvaluationSealer } from './evaluation-sealer.js';

/** The public signing keys, for recipients (RFC 7517). */
@Controller('.well-known/jwks.json')
export class KeySetController {
  constructor(private readonly sealer: EvaluationSealer) {}

  @Get()
  @Public()
  @Header('cache-control', 'public, max-age=300')
  keys(): { readonly keys: readonly JWK[] } {
    return this.sealer.publicKeys();
  }
}
