import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, open, rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Body, Controller, HttpCode, Param, Put } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { IngestConfiguration } from '../ingest.configuration.js';
import { readSourceId, requireOwnTenant } from '../sources/own-tenant.js';
import { SourceRegistry } from '../sources/source-registry.js';
import { DropConnector } from './drop-connector.js';
import { dirname } from 'node:path';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Files of a table over HTTP. 202 means: the file is safe on disk, and its rows are being taken in. */
@Controller('tenants/:ura/sources/:sourceId/files')
export class UploadsController {
  constructor(
    private readonly registry: SourceRegistry,
    private readonly drops: DropConnector,
    private readonly configuration: IngestConfiguration,
  ) {}

  @Put(':name')
  @HttpCode(202)
  @RequireScopes('ingest:write')
  async upload(
    @Param('ura') ura: string,
    @Param('sourceId') sourceId: string,
    @Param('name') name: string,
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ name: string }> {
    const source = this.registry.getReceiving(requireOwnTenant(ura, identity), readSourceId(sourceId));
    if (!this.drops.serves(source.declaration))
      throw new Failure('conflict', 'This source is declared as one that delivers no files');
    if (!NAME.test(name))
      throw new Failure('malformed', 'The name of a file has letters, digits, dots, hyphens and underscores');
    if (!(body instanceof Readable))
      throw new Failure(
        'unsupported-media-type',
        'Send text/csv, application/x-ndjson or application/octet-stream',
      );
    const { incoming, whole } = this.drops.folderOf(source).uploadPaths(name, randomUUID());
    try {
      await pipeline(body, this.#limit(), createWriteStream(incoming, { flush: true }));
      await link(incoming, whole).catch((cause: unknown) => {
        throw new Failure('conflict', 'A file of this name is still being taken in', { cause });
      });
      await syncFolder(dirname(whole));
    } finally {
      await rm(incoming, { force: true });
    }
    this.drops.trigger(source);
    return { name };
  }

  #limit(): Transform {
    let bytes = 0;
    const most = this.configuration.deliveryMaximumBytes;
    return new Transform({
      transform(piece: Buffer, _encoding, done) {
        bytes += piece.length;
        done(bytes > most ? new Failure('too-large') : null, piece);
      },
    });
  }
}

/** A new name is safe once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}
