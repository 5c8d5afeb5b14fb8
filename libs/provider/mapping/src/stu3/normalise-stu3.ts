import type { Draft } from '../fhir-types.js';
import { isObject, listEntries, type SourceEntry } from '../fhir/bundle-entries.js';
import { normaliseEntries } from '../fhir/normalise-fhir.js';
import type { MessageMapping } from '../message-mapping.js';
import { rejection } from '../source-message.js';
import { bringForward } from './bring-forward.js';

/**
 * FHIR STU3, in the profiles of BgZ 2017, to nl-core: brought forward to R4, then as any R4.
 *
 * @throws MessageRejected
 */
export function normaliseStu3(content: unknown, mapping: MessageMapping): void {
  if (!isObject(content) || typeof content['resourceType'] !== 'string')
    throw rejection('not-a-resource', '$this', 'The content is not a FHIR resource in JSON');
  const type = content['resourceType'];
  const entries =
    type === 'Bundle'
      ? listEntries(content)
      : [{ resource: content as Draft, fullUrl: undefined, deletes: undefined, location: type }];
  normaliseEntries(
    entries.flatMap((entry) => forward(entry, mapping)),
    mapping,
  );
}

function forward(entry: SourceEntry, mapping: MessageMapping): SourceEntry[] {
  if (entry.resource === undefined) return [entry];
  const { resources, gone } = bringForward(entry.resource, mapping.tables.stu3);
  for (const element of gone) {
    mapping.report(
      'warning',
      'stu3-element',
      `${entry.location}.${element}`,
      'An element of FHIR STU3 that R4 has no place for is left out',
    );
  }
  const [first, ...companions] = resources;
  const apart = companions.map((resource) => ({ ...entry, resource, fullUrl: undefined }));
  return [{ ...entry, resource: first }, ...apart];
}
