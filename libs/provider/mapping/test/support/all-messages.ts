import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceMessage } from '@samenhang/mapping';
import { source } from './messages.js';
import { samples } from './official-validator.js';
import { feeds } from './zib-feeds.js';

const published = [
  { folder: samples.hl7v2, ending: '.hl7', format: 'hl7v2' },
  { folder: samples.synthea, ending: '.json', format: 'fhir-r4' },
] as const;

/** Public samples that are not here, by name; undefined when all are. */
export function samplesAbsence(): string | undefined {
  const absent = published.filter(({ folder }) => !existsSync(folder)).map(({ format }) => format);
  return absent.length === 0 ? undefined : `no samples of ${absent.join(', ')}`;
}

/** The messages of all tests of the mapping that say something as a whole, and the public samples that are here. */
export function allMessages(): SourceMessage[] {
  return [
    ...Object.values(feeds).flat(),
    ...published.filter(({ folder }) => existsSync(folder)).flatMap(readSamples),
  ];
}

function readSamples({ folder, ending, format }: (typeof published)[number]): SourceMessage[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ ...source, format, content: readFileSync(join(folder, name)) }));
}
