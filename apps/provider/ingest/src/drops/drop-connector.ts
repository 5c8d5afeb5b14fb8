import { Inject, Injectable } from '@nestjs/common';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { ReadingLoop } from '../polling/reading-loop.js';
import { IngestConfiguration } from '../ingest.configuration.js';
import type { SourceDeclaration } from '../sources/source-declaration.js';
import { sourceKey, type Source, type SourceConnection, type SourceConnector } from '../sources/source.js';
import { DropFolder } from './drop-folder.js';
import { FileIntake } from './file-intake.js';

const DEFAULT_INTERVAL_SECONDS = 5;

/** Watches the folders of sources that deliver files, and takes in what is complete. */
@Injectable()
export class DropConnector implements SourceConnector {
  readonly #loops = new Map<string, ReadingLoop>();

  constructor(
    private readonly files: FileIntake,
    private readonly configuration: IngestConfiguration,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  serves({ kind, drop }: SourceDeclaration): boolean {
    return (kind === 'table' || drop !== undefined) && this.configuration.dropDirectory !== '';
  }

  folderOf(source: Source): DropFolder {
    return new DropFolder(this.configuration.dropDirectory, source);
  }

  async open(source: Source): Promise<SourceConnection> {
    const folder = this.folderOf(source);
    await folder.prepare();
    const { drop } = source.declaration;
    const interval = drop?.intervalSeconds ?? DEFAULT_INTERVAL_SECONDS;
    const loop = new ReadingLoop(
      interval,
      (stop) => this.#takeFiles(source, folder, stop),
      (error) => this.logger.warn({ error, source: source.id }, 'files cannot be taken in, trying again'),
    );
    this.#loops.set(sourceKey(source), loop);
    loop.start();
    return {
      fault: () => loop.fault,
      close: async () => {
        await loop.stop();
        if (this.#loops.get(sourceKey(source)) === loop) this.#loops.delete(sourceKey(source));
      },
    };
  }

  /** Something was uploaded. */
  trigger(source: Source): void {
    this.#loops.get(sourceKey(source))?.trigger(0);
  }

  async #takeFiles(source: Source, folder: DropFolder, stop: AbortSignal): Promise<void> {
    for (const file of await folder.findComplete(source.declaration.drop?.complete)) {
      stop.throwIfAborted();
      const delivery = await this.files.take(source, file);
      await folder.move(file, delivery.state === 'failed' ? 'failed' : 'done', delivery.id.slice(0, 8));
      this.logger.info({ source: source.id, delivery: delivery.id, state: delivery.state }, 'file taken in');
    }
  }
}
