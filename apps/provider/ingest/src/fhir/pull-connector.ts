import { Inject, Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { inTransaction } from '@samenhang/persistence';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { FhirServer, ServerAccess, SourceHttp } from '@samenhang/fhir-server';
import { SourceSecrets } from '../secrets/source-secrets.js';
import type { SourceDeclaration } from '../sources/source-declaration.js';
import { sourceKey, type Source, type SourceConnection, type SourceConnector } from '../sources/source.js';
import { BULK_EXPORT, BulkExport, type ExportRound } from './bulk-export.js';
import { PullIntake } from './pull-intake.js';
import { ReadingLoop } from '../polling/reading-loop.js';
import { findProgress, saveProgress } from './pull-progress.js';
import { pullPages, WHOLE_SYSTEM, type PageRound } from './pull-round.js';
import type { PullSettings } from './pull-settings.js';

/** Reads FHIR servers of sources again and again: what is new or changed becomes messages. */
@Injectable()
export class PullConnector implements SourceConnector {
  readonly #loops = new Map<string, ReadingLoop>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly intake: PullIntake,
    private readonly http: SourceHttp,
    private readonly secrets: SourceSecrets,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  serves({ kind }: SourceDeclaration): boolean {
    return kind === 'fhir-pull';
  }

  async open(source: Source): Promise<SourceConnection> {
    const { pull } = source.declaration;
    if (pull === undefined) throw new Failure('invalid', 'The declaration lacks the server to pull from');
    const server = this.serverOf(source, pull);
    const loop = new ReadingLoop(
      pull.intervalSeconds,
      (stop) => this.#pullOnce(source, pull, server, stop),
      (error) => this.logger.warn({ error, source: source.id }, 'source cannot be read, trying again'),
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

  serverOf(source: Source, pull: PullSettings): FhirServer {
    return new FhirServer(
      pull,
      this.http,
      new ServerAccess(pull, this.http, (name) => this.secrets.read(source, name)),
    );
  }

  /** Reads soon: the source said that there is something. */
  trigger(source: Source, withinSeconds: number): void {
    this.#loops.get(sourceKey(source))?.trigger(withinSeconds * 1000);
  }

  /** One round over what is declared, patients first, so that facts meet a patient who is known. */
  async #pullOnce(source: Source, pull: PullSettings, server: FhirServer, stop: AbortSignal): Promise<void> {
    if (pull.mode === 'bulk') return this.#export(source, pull, server, stop);
    const types = [...pull.resourceTypes].sort((a, b) => Number(b === 'Patient') - Number(a === 'Patient'));
    const units = pull.mode === 'history' && pull.historyOf === 'system' ? [WHOLE_SYSTEM] : types;
    for (const unit of units) {
      const progress = await inTransaction(this.dataSource, (tx) =>
        findProgress<PageRound>(tx, source, unit),
      );
      for await (const page of pullPages(server, pull, unit, progress, stop)) {
        const wanted = page.entries.filter(
          ({ resourceType }) => types.includes(resourceType) || unit !== WHOLE_SYSTEM,
        );
        await this.intake.store(source, wanted, (tx) => saveProgress(tx, source, unit, page.progress));
        stop.throwIfAborted();
      }
    }
  }

  async #export(source: Source, pull: PullSettings, server: FhirServer, stop: AbortSignal): Promise<void> {
    const progress = await inTransaction(this.dataSource, (tx) =>
      findProgress<ExportRound>(tx, source, BULK_EXPORT),
    );
    for await (const chunk of new BulkExport(server, pull, stop).run(progress)) {
      await this.intake.store(source, chunk.entries, (tx) =>
        saveProgress(tx, source, BULK_EXPORT, chunk.progress),
      );
      stop.throwIfAborted();
    }
  }
}
