import { setTimeout as wait } from 'node:timers/promises';
import { parseExactJson } from '@samenhang/fhir-r4';
import { chunksOf, readLines, type Line } from '../delivery/read-lines.js';
import { hashContent } from '../intake/content-hash.js';
import {
  failedAnswer,
  type FhirServer,
  isObject,
  isSameServer,
  type JsonObject,
  readText,
  retryAfterSeconds,
  SourceServerError,
} from '@samenhang/fhir-server';
import type { PullSettings } from './pull-settings.js';
import { lookBack } from './pull-round.js';
import { entriesOf, ofResource, type PulledEntry } from './pulled-entries.js';
import type { Progress } from './pull-progress.js';

export const BULK_EXPORT = '$export';

const DEFAULT_POLL_SECONDS = 10;
const LONGEST_POLL_SECONDS = 600;

interface ExportFile {
  readonly url: string;
  readonly kind: 'output' | 'deleted';
}

/** Where an export goes on: waiting for it, or within its files. */
export type ExportRound =
  | { readonly phase: 'waiting'; readonly statusUrl: string }
  | {
      readonly phase: 'reading';
      readonly statusUrl: string;
      readonly transactionTime: string;
      readonly files: readonly ExportFile[];
      readonly file: number;
      readonly line: number;
    };

export interface ExportedChunk {
  readonly entries: readonly PulledEntry[];
  readonly progress: Progress<ExportRound>;
}

/** FHIR Bulk Data Access 2: kick-off, polling, files line by line, deletions. Goes on where it broke off. */
export class BulkExport {
  constructor(
    private readonly server: FhirServer,
    private readonly pull: PullSettings,
    private readonly stop: AbortSignal,
  ) {}

  /** Yields what is to be stored, each with the progress to save along with it. */
  async *run(progress: Progress<ExportRound>): AsyncGenerator<ExportedChunk> {
    const { watermark } = progress;
    let round: ExportRound | undefined = progress.round;
    try {
      if (round === undefined) {
        round = { phase: 'waiting', statusUrl: await this.#kickOff(watermark) };
        yield { entries: [], progress: { watermark, round } };
      }
      if (round.phase === 'waiting') {
        round = await this.#await(round.statusUrl);
        yield { entries: [], progress: { watermark, round } };
      }
      yield* this.#readFiles(round, watermark);
    } catch (error) {
      // An export that the server no longer has is asked for again, the next time.
      if (isGone(error)) yield { entries: [], progress: { watermark, round: undefined } };
      throw error;
    }
    await this.#discard(round.statusUrl);
  }

  async #kickOff(watermark: string | undefined): Promise<string> {
    const { resourceTypes, bulk } = this.pull;
    const since = lookBack(watermark, this.pull);
    const [kind = 'system', id] = (bulk?.level ?? 'system').split('/');
    const path =
      kind === 'system' ? '$export' : kind === 'patient' ? 'Patient/$export' : `Group/${id ?? ''}/$export`;
    const parameters = {
      _type: resourceTypes.join(','),
      ...(since !== undefined && { _since: since }),
      _outputFormat: 'application/fhir+ndjson',
    };
    const headers = { prefer: 'respond-async' };
    const answer = await this.server.call(this.server.urlOf(path, parameters), this.stop, { headers });
    if (answer.statusCode !== 202) throw await failedAnswer(answer);
    await answer.body.dump();
    const location = answer.headers['content-location'];
    if (typeof location !== 'string')
      throw new SourceServerError('The server does not say where its export is');
    return this.#own(location);
  }

  async #await(statusUrl: string): Promise<Extract<ExportRound, { phase: 'reading' }>> {
    for (;;) {
      const answer = await this.server.call(statusUrl, this.stop, {
        headers: { accept: 'application/json' },
      });
      if (answer.statusCode === 200) return this.#readManifest(await readText(answer), statusUrl);
      const isBusy = [202, 429, 503].includes(answer.statusCode);
      if (!isBusy) throw await failedAnswer(answer);
      await answer.body.dump();
      const seconds = Math.min(retryAfterSeconds(answer) ?? DEFAULT_POLL_SECONDS, LONGEST_POLL_SECONDS);
      await wait(Math.max(seconds, 1) * 1000, undefined, { signal: this.stop });
    }
  }

  #readManifest(text: string, statusUrl: string): Extract<ExportRound, { phase: 'reading' }> {
    const manifest: unknown = JSON.parse(text);
    const transactionTime = isObject(manifest) ? manifest['transactionTime'] : undefined;
    if (
      !isObject(manifest) ||
      typeof transactionTime !== 'string' ||
      Number.isNaN(Date.parse(transactionTime))
    )
      throw new SourceServerError('The manifest of the export cannot be read');
    const listed = (name: 'output' | 'deleted'): JsonObject[] =>
      Array.isArray(manifest[name]) ? (manifest[name] as unknown[]).filter(isObject) : [];
    // Patients first, so that facts meet a patient who is known.
    const output = listed('output').sort(
      (a, b) => Number(b['type'] === 'Patient') - Number(a['type'] === 'Patient'),
    );
    const toFile =
      (kind: ExportFile['kind']) =>
      ({ url }: JsonObject): ExportFile => ({ url: this.#file(url), kind });
    const files = [...output.map(toFile('output')), ...listed('deleted').map(toFile('deleted'))];
    return { phase: 'reading', statusUrl, transactionTime, files, file: 0, line: 0 };
  }

  async *#readFiles(
    round: Extract<ExportRound, { phase: 'reading' }>,
    watermark: string | undefined,
  ): AsyncGenerator<ExportedChunk> {
    for (let index = round.file; index < round.files.length; index++) {
      const file = round.files[index];
      const taken = index === round.file ? round.line : 0;
      if (file === undefined) continue;
      for await (const chunk of chunksOf(this.#lines(file.url))) {
        const fresh = chunk.filter(({ number }) => number > taken);
        const last = fresh.at(-1);
        if (last === undefined) continue;
        const entries = fresh.flatMap((line) => entriesOfLine(line, file.kind));
        yield { entries, progress: { watermark, round: { ...round, file: index, line: last.number } } };
      }
      const next = { ...round, file: index + 1, line: 0 };
      yield { entries: [], progress: { watermark, round: next } };
    }
    yield { entries: [], progress: { watermark: round.transactionTime, round: undefined } };
  }

  async *#lines(url: string): AsyncGenerator<readonly Line[]> {
    const headers = { accept: 'application/fhir+ndjson' };
    const answer = await this.server.call(url, this.stop, { headers });
    if (answer.statusCode !== 200) throw await failedAnswer(answer);
    yield* readLines(answer.body as AsyncIterable<Buffer>);
  }

  /** A server may keep what it exported until it is told that it was read. */
  async #discard(statusUrl: string): Promise<void> {
    const answer = await this.server.call(statusUrl, this.stop, { method: 'DELETE' }).catch(() => undefined);
    await answer?.body.dump();
  }

  #own(url: string): string {
    if (!isSameServer(url, this.pull.baseUrl)) throw new SourceServerError('The export is on another server');
    return url;
  }

  #file(url: unknown): string {
    const servers = [this.pull.baseUrl, ...(this.pull.bulk?.fileServers ?? [])];
    if (typeof url === 'string' && servers.some((server) => isSameServer(url, server))) return url;
    throw new SourceServerError('A file of the export is on a server that is not declared');
  }
}

function isGone(error: unknown): boolean {
  return error instanceof SourceServerError && [400, 403, 404, 410].includes(error.status ?? 0);
}

/** A line that cannot be read is kept as it is: validation finds it and puts it into quarantine. */
function entriesOfLine(line: Line, kind: ExportFile['kind']): PulledEntry[] {
  const text = line.content.toString('utf8');
  if (text.trim() === '') return [];
  const value = parse(text);
  if (!isObject(value)) {
    const contentHash = hashContent(line.content);
    return [{ ...ofResource({}), text, id: contentHash, contentHash }];
  }
  return kind === 'deleted' ? entriesOf(value) : [ofResource(value)];
}

function parse(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}
