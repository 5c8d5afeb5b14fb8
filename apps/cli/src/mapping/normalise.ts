import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { MappingIssue } from '@samenhang/data-model';
import type { TableFileSettings } from '@samenhang/ingest';
import { usage } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';
import { offlineMapping, type OfflineMapping } from './offline-mapping.js';
import { linesOf, resourceForms, type ResourceForm } from './resource-forms.js';
import { exampleSource, parseSourceConfiguration, type SourceConfiguration } from './source-configuration.js';
import { splitSourceFile, type MessageInFile } from './source-file.js';

export interface NormaliseOptions {
  readonly format: string;
  readonly source?: string;
  readonly tables?: string;
  readonly mappingVersion?: string;
  readonly releases?: string;
}

/** Normalises files offline. Exit code 1 when at least one message was rejected. */
export async function normalise(
  files: readonly string[],
  options: NormaliseOptions,
  terminal: Terminal,
): Promise<number> {
  const form = resourceForms.find((known) => known === options.format);
  if (form === undefined)
    throw usage(`--format ${options.format} is not known; ${resourceForms.join(', ')} are`);
  if (files.filter((file) => file === '-').length > 1)
    throw usage('Standard input (-) can be read only once');
  const source =
    options.source === undefined
      ? exampleSource
      : parseSourceConfiguration((await readSource(options.source)).toString('utf8'), options.source);
  // All input is opened before anything is written: wrong usage leaves no half result.
  const contents = await Promise.all(
    files.map(async (file) => ({ file, bytes: await readInput(file, terminal) })),
  );
  const mapping = await offlineMapping(options);
  if ('close' in mapping && form !== 'ndjson')
    throw usage('--mapping-version goes with --format ndjson: the other forms are of this release');
  try {
    return await normaliseAll(contents, { source, mapping, form }, terminal);
  } finally {
    await mapping.close?.();
  }
}

interface Terms {
  readonly source: SourceConfiguration;
  readonly mapping: OfflineMapping;
  readonly form: ResourceForm;
}

async function normaliseAll(
  contents: readonly { readonly file: string; readonly bytes: Buffer }[],
  terms: Terms,
  terminal: Terminal,
): Promise<number> {
  const { source } = terms;
  let rejected = 0;
  for (const { file, bytes } of contents) {
    const messages =
      source.settings.table !== undefined && source.file !== undefined
        ? await rowsOf(file, bytes, source.file, terminal)
        : splitSourceFile(bytes);
    for (const message of messages)
      if (message === undefined || !(await normaliseOne(file, message, terms, terminal))) rejected += 1;
  }
  return rejected > 0 ? 1 : 0;
}

/** The rows of a table; undefined for one that cannot be read, which is reported. */
async function rowsOf(
  file: string,
  bytes: Buffer,
  settings: TableFileSettings,
  terminal: Terminal,
): Promise<(MessageInFile | undefined)[]> {
  const { readTable } = await import('@samenhang/ingest');
  const rows: (MessageInFile | undefined)[] = [];
  for await (const records of readTable(Readable.from([bytes]), settings)) {
    for (const { line, content, refusal } of records) {
      if (refusal !== undefined) terminal.note(`${file}:${line}: error ${refusal.code} ${refusal.text}`);
      rows.push(refusal === undefined ? { format: 'table-row', content, line } : undefined);
    }
  }
  return rows;
}

async function normaliseOne(
  file: string,
  { format: found, content, line }: MessageInFile,
  { source, mapping, form }: Terms,
  terminal: Terminal,
): Promise<boolean> {
  const format = found === 'fhir-r4' && source.fhirVersion === 'stu3' ? 'fhir-stu3' : found;
  const result = await mapping.map({ ...source, format, content });
  const place = line === undefined ? file : `${file}:${line}`;
  for (const issue of result.issues)
    if (issue.severity !== 'information') terminal.note(problemLine(place, issue));
  if (result.outcome === 'rejected') return false;
  const lines = result.bodies ?? linesOf(result.resources, form, source, mapping.tables);
  if (lines === undefined)
    terminal.note(`${place}: error not-one-patient A summary is of exactly one patient`);
  for (const line of lines ?? []) terminal.print(line);
  return lines !== undefined;
}

/** As compilers write it, so that editors can jump to it. */
function problemLine(place: string, { severity, code, location, text }: MappingIssue): string {
  return `${place}:${location === '' ? '' : `${location}:`} ${severity} ${code} ${text}`;
}

async function readInput(file: string, terminal: Terminal): Promise<Buffer> {
  if (file !== '-') return readSource(file);
  const chunks: Buffer[] = [];
  for await (const chunk of terminal.input as AsyncIterable<Buffer | string>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function readSource(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw usage(
      `${file} cannot be read${code === 'ENOENT' ? ': there is no such file' : code === 'EISDIR' ? ': it is a directory' : ''}`,
    );
  }
}
