import { readFileSync, statSync } from 'node:fs';
import { Failure } from '@samenhang/errors';
import type { FhirVersion } from './find-issues.js';
import { ResourceCollection } from './resource-collection.js';

/**
 * Reads resources from NDJSON. They count as updated when the file was, so that a restart is no news to readers.
 * @throws Error naming the line at fault
 */
export function loadResources(file: string, version: FhirVersion = 'r4'): ResourceCollection {
  const resources = new ResourceCollection(version);
  if (file === '') return resources;
  const at = statSync(file).mtime;
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      if (line.trim() === '') return;
      try {
        resources.put(JSON.parse(line) as unknown, at);
      } catch (cause) {
        throw new Error(`Line ${String(index + 1)} of FHIR_SOURCE_FILE cannot be used: ${describe(cause)}`, {
          cause,
        });
      }
    });
  return resources;
}

function describe(cause: unknown): string {
  if (!(cause instanceof Failure)) return 'it is not JSON';
  return cause.issues.map(({ text, expression }) => `${expression ?? ''} ${text}`).join('; ');
}
