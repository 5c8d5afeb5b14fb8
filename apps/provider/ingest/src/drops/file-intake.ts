import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { PatientKeyring } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { maximumBodyBytes } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { toCdaArrival } from '../cda/cda-arrival.js';
import {
  closeDelivery,
  findDelivery,
  findLastFile,
  openDelivery,
  type Delivery,
} from '../delivery/delivery-store.js';
import { readLines } from '../delivery/read-lines.js';
import { DeliveryIntake, type DeliveredRecord } from '../delivery/take-delivery.js';
import { toFhirArrival, validateFor } from '../fhir/fhir-arrival.js';
import { recordsOf, toLineArrivals } from '../fhir/read-ndjson.js';
import { readResource } from '../fhir/read-push.js';
import { IngestConfiguration } from '../ingest.configuration.js';
import type { Arrival } from '../intake/arrival.js';
import type { Source } from '../sources/source.js';
import { hashFile, type DroppedFile } from './drop-folder.js';
import { readTable, UnreadableTable } from './read-table.js';
import { toRowArrivals } from './row-arrival.js';

/** What a file holds, and how it becomes messages. */
interface FileReading {
  readonly records: AsyncIterable<readonly DeliveredRecord[]>;
  readonly toArrivals: (records: readonly DeliveredRecord[]) => readonly Arrival[];
}

/** Takes one file of a source in, with a receipt; a file that broke off goes on where it was. */
@Injectable()
export class FileIntake {
  constructor(
    private readonly dataSource: DataSource,
    private readonly intake: DeliveryIntake,
    private readonly keyring: PatientKeyring,
    private readonly configuration: IngestConfiguration,
  ) {}

  /**
   * @returns the receipt, with what became of the file
   * @throws what hinders us, such as a database that is down; the file is tried again then
   */
  async take(source: Source, file: DroppedFile): Promise<Delivery> {
    const sha256 = await hashFile(file.path);
    const delivery = await this.#open(source, file, sha256);
    if (delivery.state !== 'reading') return delivery;
    try {
      if (file.bytes > this.configuration.deliveryMaximumBytes)
        throw new Failure('too-large', 'The file is too large');
      const { records, toArrivals } = await this.#read(source, file);
      await this.intake.take(source, delivery, records, toArrivals);
    } catch (error) {
      if (!isFaultOfFile(error)) throw error;
      await this.#close(delivery, 'failed', error.message);
    }
    const [closed] = await inTransaction(this.dataSource, async (tx) => [
      await findDelivery(tx, source, file.name),
    ]);
    return closed ?? delivery;
  }

  /** The same file as the last one has nothing new to say; after another one it has. */
  async #open(source: Source, file: DroppedFile, sha256: string): Promise<Delivery> {
    return inTransaction(this.dataSource, async (transaction) => {
      const begun = await findDelivery(transaction, source, file.name);
      if (begun?.state === 'reading') {
        if (begun.sha256 === sha256) return begun;
        await closeDelivery(
          transaction,
          begun.id,
          'failed',
          'Another file came under this name before it was read',
        );
      }
      const last = await findLastFile(transaction, source);
      const delivery = await openDelivery(transaction, source, {
        name: file.name,
        sha256,
        bytes: file.bytes,
      });
      if (last?.sha256 !== sha256) return delivery;
      await closeDelivery(transaction, delivery.id, 'duplicate', `The same as ${last.name}`);
      return { ...delivery, state: 'duplicate' };
    });
  }

  async #read(source: Source, file: DroppedFile): Promise<FileReading> {
    const { kind, file: settings } = source.declaration;
    const stream = (): AsyncIterable<Buffer> => createReadStream(file.path) as AsyncIterable<Buffer>;
    if (kind === 'table' && settings !== undefined)
      return {
        records: readTable(stream(), settings),
        toArrivals: (records) => toRowArrivals(records, source, this.keyring),
      };
    if (kind === 'fhir-push' && !/\.json$/i.test(file.name))
      return {
        records: recordsOf(readLines(stream())),
        toArrivals: (records) => toLineArrivals(records, source, this.keyring),
      };
    const content = await readWhole(file);
    const toArrivals = (): readonly Arrival[] =>
      kind === 'cda'
        ? [toCdaArrival(content, source, this.keyring)]
        : this.#toResourceArrivals(content, source);
    return { records: once({ number: 1, line: 1, content, refusal: undefined }), toArrivals };
  }

  /** One resource or Bundle. Nobody waits for an answer: what is not valid is kept in quarantine. */
  #toResourceArrivals(content: Buffer, source: Source): Arrival[] {
    const text = content.toString('utf8');
    const receivedAt = new Date();
    try {
      const messages = readResource(JSON.parse(text), text, (resource) => validateFor(source, resource));
      return messages.map((message) => toFhirArrival(message, source, this.keyring, receivedAt));
    } catch (error) {
      const [issue] = error instanceof Failure ? error.issues : [];
      const refusal = {
        code: issue?.code ?? 'structure',
        location: issue?.expression ?? '',
        text: issue?.text ?? 'The file is not valid JSON',
      };
      return [toFhirArrival({ text, patient: undefined }, source, this.keyring, receivedAt, refusal)];
    }
  }

  #close(delivery: Delivery, state: 'failed', reason: string): Promise<void> {
    return inTransaction(this.dataSource, (transaction) =>
      closeDelivery(transaction, delivery.id, state, reason),
    );
  }
}

/** @throws Failure('too-large') for a document beyond what one message may be */
async function readWhole(file: DroppedFile): Promise<Buffer> {
  if (file.bytes > maximumBodyBytes)
    throw new Failure('too-large', 'The document is too large for one message');
  return readFile(file.path);
}

async function* once(record: DeliveredRecord): AsyncGenerator<readonly DeliveredRecord[]> {
  yield await Promise.resolve([record]);
}

function isFaultOfFile(error: unknown): error is Error {
  return (
    error instanceof UnreadableTable ||
    (error instanceof Failure && (error.kind === 'too-large' || error.kind === 'conflict'))
  );
}
