import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Public } from '@samenhang/identity';
import { encodeBase64Url } from '@samenhang/oprf';
import { RecipientDirectory } from '../recipients/recipient-directory.js';
import { OPRF_KEY_STORE, type OprfKeyStore } from './key-store.js';
import { KeyVersions } from './key-versions.js';

interface PublicKeyJson {
  readonly recipient_organization: string;
  readonly recipient_scope: string;
  readonly key_version: number;
  /** pkS of RFC 9497, base64url. */
  readonly public_key: string;
}

/** The public half of every active version: against it a recipient confirms verifiable evaluations. */
@Controller('.well-known/oprf-keys.json')
export class PublicKeysController {
  constructor(
    private readonly recipients: RecipientDirectory,
    private readonly versions: KeyVersions,
    @Inject(OPRF_KEY_STORE) private readonly keyStore: OprfKeyStore,
  ) {}

  @Get()
  @Public()
  @Header('cache-control', 'public, max-age=60')
  async keys(): Promise<{ readonly keys: readonly PublicKeyJson[] }> {
    const keys: PublicKeyJson[] = [];
    for (const recipient of await this.recipients.all()) {
      for (const { version, label } of await this.versions.active(recipient)) {
        keys.push({
          recipient_organization: recipient.organisation,
          recipient_scope: recipient.scope,
          key_version: version,
          public_key: encodeBase64Url(await this.keyStore.publicKey(label)),
        });
      }
    }
    return { keys };
  }
}
