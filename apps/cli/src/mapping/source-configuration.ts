import { findSourceId, findUra, type SourceId, type SourceSettings, type Ura } from '@samenhang/data-model';
import type { TableFileSettings } from '@samenhang/ingest';
import { parseDocument } from 'yaml';
import { usage } from '../terminal/command-failure.js';

/** What a mapping must know about the source of a file. */
export interface SourceConfiguration {
  readonly tenant: Ura;
  readonly sourceId: SourceId;
  readonly settings: SourceSettings;
  readonly fhirVersion?: 'stu3';
  /** How the files of a table are written. */
  readonly file?: TableFileSettings;
}

/** What a file may also say, for who declares the source with it (`samenhang sources apply`). */
const declarationNames = [
  'kind',
  'displayName',
  'fhirVersion',
  'mllp',
  'pull',
  'notifications',
  'drop',
  'file',
  'table',
] as const;

const settingNames = ['localIdentifierSystem', 'timeZone', 'defaultCharset', 'displayName'] as const;

/** @throws CommandFailure (wrong usage) that names the file and the field, with what is expected of it */
export function parseSourceConfiguration(text: string, file: string): SourceConfiguration {
  const wrong = (what: string): Error => usage(`${file}: ${what}`);
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw wrong(`not valid YAML: ${error.message.split('\n', 1)[0] ?? ''}`);
  const root: unknown = document.toJS();
  if (!isRecord(root)) throw wrong('must be a mapping with tenant, sourceId and settings');
  rejectUnknown(root, ['tenant', 'sourceId', 'settings', ...declarationNames], '', wrong);
  const tenant = findUra(String(root['tenant'] ?? ''));
  if (tenant === undefined) throw wrong('tenant must be a URA: 8 digits, in quotes where it starts with 0');
  const sourceId = findSourceId(String(root['sourceId'] ?? ''));
  if (sourceId === undefined)
    throw wrong('sourceId must be lower-case letters, digits and hyphens, at most 63');
  const settings = readSettings(root['settings'], tenant, sourceId, wrong);
  const { displayName, table, fhirVersion, file: tableFile } = root;
  return {
    tenant,
    sourceId,
    ...(fhirVersion === 'stu3' && { fhirVersion }),
    ...(isTableFile(tableFile) && { file: tableFile }),
    settings: {
      ...settings,
      ...(typeof displayName === 'string' && { displayName }),
      ...(isRecord(table) && { table }),
    },
  };
}

/** `samenhang sources validate` says what is wrong with the rest of it. */
function isTableFile(value: unknown): value is TableFileSettings {
  return isRecord(value) && (value['format'] === 'csv' || value['format'] === 'ndjson');
}

function readSettings(
  value: unknown,
  tenant: Ura,
  sourceId: SourceId,
  wrong: (what: string) => Error,
): SourceSettings {
  const given = value ?? {};
  if (!isRecord(given)) throw wrong('settings must be a mapping');
  rejectUnknown(given, settingNames, 'settings.', wrong);
  for (const name of settingNames) {
    if (given[name] !== undefined && (typeof given[name] !== 'string' || given[name] === ''))
      throw wrong(`settings.${name} must be text`);
  }
  const settings = {
    localIdentifierSystem: `https://${tenant}.example/${sourceId}/patients`,
    timeZone: 'Europe/Amsterdam',
    defaultCharset: 'utf-8',
    displayName: sourceId,
    ...(given as Partial<SourceSettings>),
  };
  if (!isTimeZone(settings.timeZone))
    throw wrong('settings.timeZone must be an IANA time zone such as Europe/Amsterdam');
  return settings;
}

function rejectUnknown(
  value: object,
  known: readonly string[],
  prefix: string,
  wrong: (what: string) => Error,
): void {
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw wrong(`${prefix}${unknown} is not a known field (known: ${known.join(', ')})`);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** For a first try with a file, without a configuration: a care provider that does not exist. */
export const exampleSource: SourceConfiguration = parseSourceConfiguration(
  'tenant: "00000000"\nsourceId: example\n',
  'built in',
);
