import { Injectable } from '@nestjs/common';
import type { Transaction } from '@samenhang/event-log';
import { PatientKeyring } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import type { Arrival } from '../intake/arrival.js';
import { IntakeMetrics } from '../intake/intake-metrics.js';
import { IntakeQueue } from '../intake/intake-queue.js';
import type { Source } from '../sources/source.js';
import { toFhirArrival, validateFor } from './fhir-arrival.js';
import { groupByPatient, type FhirEntry } from './group-by-patient.js';
import { fhirOrderingKey } from './patient-of-resource.js';
import type { PulledEntry } from './pulled-entries.js';
import { findKnownResources, saveRead, type KnownResource } from './pull-progress.js';
import { toMessages } from './read-push.js';

/** Stores what was pulled, as far as it is news: one message a patient and page, one for each deletion. */
@Injectable()
export class PullIntake {
  constructor(
    private readonly dataSource: DataSource,
    private readonly intake: IntakeQueue,
    private readonly keyring: PatientKeyring,
    private readonly metrics: IntakeMetrics,
  ) {}

  /** @param saveProgress is committed together with the messages */
  async store(
    source: Source,
    entries: readonly PulledEntry[],
    saveProgress: (transaction: Transaction) => Promise<void>,
  ): Promise<void> {
    const known = await inTransaction(this.dataSource, (tx) => findKnownResources(tx, source, entries));
    const news = entries.filter((entry) => isNews(entry, known.get(`${entry.resourceType}/${entry.id}`)));
    if (news.length === 0) return inTransaction(this.dataSource, saveProgress);
    const { arrivals, read } = this.#toArrivals(source, news, known);
    await this.intake.whenReady();
    const receipts = await this.intake.submit(arrivals, async (transaction) => {
      await saveRead(transaction, source, read);
      await saveProgress(transaction);
    });
    const refused = arrivals.filter(({ refusal }) => refusal !== undefined).length;
    this.metrics.count(source, 'refused', refused);
    this.metrics.count(source, 'accepted', receipts.length - refused);
  }

  /** Nobody waits for an answer here: what is not valid is kept in quarantine, each resource by itself. */
  #toArrivals(
    source: Source,
    news: readonly PulledEntry[],
    known: ReadonlyMap<string, KnownResource>,
  ): { arrivals: Arrival[]; read: (PulledEntry & { orderingKey: string })[] } {
    const receivedAt = new Date();
    const ofSource = fhirOrderingKey(undefined, source, this.keyring);
    const arrivals: Arrival[] = [];
    const read: (PulledEntry & { orderingKey: string })[] = [];
    const valid: { entry: FhirEntry; pulled: PulledEntry }[] = [];
    for (const pulled of news) {
      const { resource, text } = pulled;
      if (resource === undefined) {
        // A deletion says not whose the resource was: what was read of it does.
        const orderingKey = known.get(`${pulled.resourceType}/${pulled.id}`)?.orderingKey ?? ofSource;
        const message = toFhirArrival({ text, patient: undefined }, source, this.keyring, receivedAt);
        arrivals.push({ ...message, orderingKey });
        read.push({ ...pulled, orderingKey });
        continue;
      }
      const [issue] = validateFor(source, resource);
      if (issue === undefined) {
        valid.push({ entry: { resource, fullUrl: undefined, text: `{"resource":${text}}` }, pulled });
        continue;
      }
      const refusal = { code: issue.code, location: issue.expression, text: issue.text };
      arrivals.push(toFhirArrival({ text, patient: undefined }, source, this.keyring, receivedAt, refusal));
      read.push({ ...pulled, orderingKey: ofSource });
    }
    const groups = groupByPatient(valid.map(({ entry }) => entry));
    const keys = new Map<FhirEntry, string>();
    for (const { patient, entries } of groups)
      for (const entry of entries) keys.set(entry, fhirOrderingKey(patient, source, this.keyring));
    for (const { entry, pulled } of valid) read.push({ ...pulled, orderingKey: keys.get(entry) ?? ofSource });
    const accepted = toMessages(groups).map((message) =>
      toFhirArrival(message, source, this.keyring, receivedAt),
    );
    return { arrivals: [...accepted, ...arrivals], read };
  }
}

/** New or changed since it was last read; of versions the latest counts, in whatever order they are read. */
function isNews(pulled: PulledEntry, known: KnownResource | undefined): boolean {
  const { resource, contentHash, changedAt, isVersion } = pulled;
  // What was never read here has nothing to delete, but older versions of it may follow in the history.
  if (known === undefined) return resource !== undefined || isVersion;
  if (isVersion && changedAt !== undefined && known.changedAt !== null) {
    if (Date.parse(changedAt) < known.changedAt.getTime()) return false;
  }
  return known.contentHash !== contentHash;
}
