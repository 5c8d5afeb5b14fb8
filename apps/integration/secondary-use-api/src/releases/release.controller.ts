import { Controller, Get, Header, Param, ParseUUIDPipe } from '@nestjs/common';
import { Identity, Public, publicKeyOf, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { JWK } from 'jose';
import { OutputService } from '../outputs/output.service.js';
import { ProjectSecrets } from '../projects/project-secrets.js';
import { provenanceOf } from './provenance.js';
import type { ReleaseManifest } from './release-manifest.js';

/** What goes with a release: what it is, signed, and where it comes from. */
@Controller('outputs/:id')
@RequireScopes('research:use')
export class ReleaseController {
  constructor(
    private readonly outputs: OutputService,
    private readonly environment: ServiceEnvironment,
  ) {}

  /** The bytes that were signed. */
  @Get('manifest')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="manifest.json"')
  async manifest(@Param('id', ParseUUIDPipe) id: string, @Identity() who: VerifiedIdentity): Promise<string> {
    return (await this.outputs.manifest(id, who)).manifest;
  }

  /** JWS of detached content. */
  @Get('signature')
  @Header('content-type', 'application/jose')
  @Header('content-disposition', 'attachment; filename="signature.jws"')
  async signature(
    @Param('id', ParseUUIDPipe) id: string,
    @Identity() who: VerifiedIdentity,
  ): Promise<string> {
    return (await this.outputs.manifest(id, who)).signature;
  }

  @Get('provenance')
  @Header('content-type', 'application/ld+json; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="provenance.jsonld"')
  async provenance(
    @Param('id', ParseUUIDPipe) id: string,
    @Identity() who: VerifiedIdentity,
  ): Promise<string> {
    const { manifest } = await this.outputs.manifest(id, who);
    return JSON.stringify(provenanceOf(JSON.parse(manifest) as ReleaseManifest, this.environment.publicUrl));
  }
}

/** For whoever got a release from another: the key that its manifest is signed with. */
@Controller('release-keys')
export class ReleaseKeysController {
  constructor(private readonly secrets: ProjectSecrets) {}

  @Public()
  @Get()
  keys(): { keys: JWK[] } {
    return { keys: [publicKeyOf(this.secrets.signing)] };
  }
}
