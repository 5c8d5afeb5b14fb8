import type { Draft } from '../fhir-types.js';
import { isObject } from '../fhir/bundle-entries.js';
import { normaliseFhir } from '../fhir/normalise-fhir.js';
import type { MessageMapping } from '../message-mapping.js';
import { rejection } from '../source-message.js';
import { bringForward } from './bring-forward.js';
import { treesOf, type Tree } from './json-tree.js';

/**
 * FHIR STU3, in the profiles of BgZ 2017, to nl-core: brought forward to R4, then as any R4.
 *
 * @throws MessageRejected
 */
export function normaliseStu3(content: unknown, mapping: MessageMapping): void {
  if (!isObject(content) || typeof content['resourceType'] !== 'string')
    throw rejection('not-a-resource', '$this', 'The content is not a FHIR resource in JSON');
  if (content['resourceType'] !== 'Bundle') {
    const entry = forward({ resource: content }, mapping, content['resourceType']);
    normaliseFhir({ resourceType: 'Bundle', type: 'collection', entry }, mapping);
    return;
  }
  const entry = treesOf(content['entry']).flatMap((one, index) =>
    forward(one, mapping, `Bundle.entry[${index}].resource`),
  );
  normaliseFhir({ ...content, entry }, mapping);
}

function forward(entry: Tree, mapping: MessageMapping, location: string): Tree[] {
  const resource = entry['resource'];
  if (!isObject(resource)) return [entry];
  const { resources, gone } = bringForward(resource as Draft);
  for (const element of gone) {
    mapping.report(
      'warning',
      'stu3-element',
      `${location}.${element}`,
      'An element of FHIR STU3 that R4 has no place for is left out',
    );
  }
  const [first, ...companions] = resources;
  return [{ ...entry, resource: first }, ...companions.map((companion) => ({ resource: companion }))];
}
