import { Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Public, RequireScopes } from '@samenhang/identity';
import type { JSONWebKeySet } from 'jose';
import { AuthorisationServerConfiguration } from '../configuration.js';
import type { KeyAge } from './key-ages.js';
import type { StoredKey } from './signing-key-store.js';
import { SigningKeys } from './signing-keys.js';

interface KeyDescription {
  readonly kid: string;
  readonly state: KeyAge;
  readonly signsFrom: string;
}

/** The keys with which tokens are signed, for whoever verifies them, and their change for the operator. */
@Controller()
export class KeysController {
  constructor(
    private readonly keys: SigningKeys,
    private readonly configuration: AuthorisationServerConfiguration,
  ) {}

  /** Kept for a minute at most: shorter than a key is published before it signs. */
  @Public()
  @Get('jwks')
  @Header('cache-control', 'public, max-age=60')
  published(): JSONWebKeySet {
    return this.keys.published;
  }

  @Get('administration/signing-keys')
  @RequireScopes('keys:admin')
  async list(): Promise<{ keys: KeyDescription[] }> {
    return { keys: (await this.keys.list()).map(describe) };
  }

  /** A new key, published from now on and used after the lead. */
  @Post('administration/signing-keys')
  @HttpCode(201)
  @RequireScopes('keys:admin')
  async rotate(): Promise<KeyDescription> {
    const added = await this.keys.rotate(this.configuration.signingKeyLeadSeconds);
    if (added === undefined)
      throw new Failure('conflict', 'A key is published already that is still to sign');
    return describe(added);
  }
}

function describe({ kid, age, signsFrom }: StoredKey): KeyDescription {
  return { kid, state: age, signsFrom: signsFrom.toISOString() };
}
