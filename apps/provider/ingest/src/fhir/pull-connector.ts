import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { validateResource } from '@samenhang/fhir-r4';
import { PatientKeyring } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import type { Arrival, Refusal } from '../intake/arrival.js';
import { hashContent } from '../intake/content-hash.js';
import { IntakeMetrics } from '../intake/intake-metrics.js';
import { IntakeQueue } from '../intake/intake-queue.js';
import type { PullSettings } from '../sources/source-declaration.js';
import type { Source, SourceConnection, SourceConnector } from '../sources/source.js';
import { toFhirArrival } from './fhir-arrival.js';
import { groupByPatient, type FhirEntry } from './group-by-patient.js';
import { isObject, type JsonObject } from './patient-of-resource.js';
import { latestUpdate, pullPages, type PulledPage } from './pull-pages.js';
import { findChanged, findWatermark, saveRead, saveWatermark, type ReadResource } from './pull-progress.js';
import { toMessages } from './read-push.js';

interface PulledResource extends ReadResource {
  readonly resource: JsonObject;
  readonly text: string;
}

/** Reads FHIR servers of sources again and again: what is new or changed becomes messages. */
@Injectable()
export class PullConnector implements SourceConnector {
  readonly kind = 'fhir-pull';

  constructor(
    private readonly dataSource: DataSource,
    private readonly intake: IntakeQueue,
    private readonly keyring: PatientKeyring,
    private readonly metrics: IntakeMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async open(source: Source): Promise<SourceConnection> {
    const { pull } = source.declaration;
    if (pull === undefined) throw new Failure('invalid', 'The declaration lacks the server to pull from');
    const stopping = new AbortController();
    const running = this.#repeat(source, pull, stopping.signal);
    return {
      close: async () => {
        stopping.abort();
        await running;
      },
    };
  }

  async #repeat(source: Source, pull: PullSettings, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        await this.pullOnce(source, pull, stop);
      } catch (error) {
        if (!stop.aborted)
          this.logger.warn({ error, source: source.id }, 'source cannot be read, trying again');
      }
      await wait(pull.intervalSeconds * 1000, undefined, { signal: stop }).catch(() => undefined);
    }
  }

  /** One round over the declared resource types, patients first, so that facts meet a patient who is known. */
  async pullOnce(source: Source, pull: PullSettings, stop: AbortSignal): Promise<void> {
    const types = [...pull.resourceTypes].sort((a, b) => Number(b === 'Patient') - Number(a === 'Patient'));
    for (const resourceType of types) await this.#pullType(source, pull, resourceType, stop);
  }

  /**
   * The watermark moves with the last page, in its transaction: a server need not honour `_sort`, and a round that
   * breaks off is begun again from where it started. What was read before is recognised and is no news.
   */
  async #pullType(
    source: Source,
    pull: PullSettings,
    resourceType: string,
    stop: AbortSignal,
  ): Promise<void> {
    const watermark = await inTransaction(this.dataSource, (tx) => findWatermark(tx, source, resourceType));
    let latest = watermark;
    for await (const page of pullPages(pull, resourceType, watermark, stop)) {
      latest = latestUpdate(page.resources, latest);
      await this.intake.whenReady();
      await this.#storePage(
        source,
        resourceType,
        page,
        page.isLast && latest !== watermark ? latest : undefined,
      );
    }
  }

  async #storePage(
    source: Source,
    type: string,
    page: PulledPage,
    watermark: string | undefined,
  ): Promise<void> {
    const read = page.resources.map(toPulled);
    const changed = await inTransaction(this.dataSource, (tx) => findChanged(tx, source, read));
    if (changed.length === 0 && watermark === undefined) return;
    const arrivals = this.#toArrivals(source, changed);
    const receipts = await this.intake.submit(arrivals, async (transaction) => {
      await saveRead(transaction, source, changed);
      if (watermark !== undefined) await saveWatermark(transaction, source, type, watermark);
    });
    const refused = arrivals.filter(({ refusal }) => refusal !== undefined).length;
    this.metrics.count(source, 'refused', refused);
    this.metrics.count(source, 'accepted', receipts.length - refused);
  }

  /** Nobody waits for an answer here: what is not valid is kept in quarantine, each resource by itself. */
  #toArrivals(source: Source, changed: readonly PulledResource[]): Arrival[] {
    const receivedAt = new Date();
    const valid: FhirEntry[] = [];
    const refused: Arrival[] = [];
    for (const { resource, text } of changed) {
      const [issue] = validateResource(resource);
      if (issue === undefined) valid.push({ resource, fullUrl: undefined, text: `{"resource":${text}}` });
      else {
        const refusal: Refusal = { code: issue.code, location: issue.expression, text: issue.text };
        refused.push(toFhirArrival({ text, patient: undefined }, source, this.keyring, receivedAt, refusal));
      }
    }
    const accepted = toMessages(groupByPatient(valid)).map((message) =>
      toFhirArrival(message, source, this.keyring, receivedAt),
    );
    return [...accepted, ...refused];
  }
}

function toPulled(resource: JsonObject): PulledResource {
  const text = JSON.stringify(resource);
  const contentHash = hashContent(JSON.stringify(withoutVersion(resource)));
  const resourceType = String(resource['resourceType']);
  // A server gives every resource an id; without one, its content has to do.
  const id = typeof resource['id'] === 'string' ? resource['id'] : contentHash;
  return { resource, text, contentHash, resourceType, id };
}

/** A server that only counts a new version of the same content has no news. */
function withoutVersion({ meta, ...content }: JsonObject): object {
  if (!isObject(meta)) return content;
  const { versionId: _versionId, lastUpdated: _lastUpdated, ...rest } = meta;
  return { ...content, meta: rest };
}
