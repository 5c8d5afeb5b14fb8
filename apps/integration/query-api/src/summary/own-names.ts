import type { FhirResource } from '@samenhang/data-model';
import { parseExactJson } from '@samenhang/fhir-r4';
import type { FactGroup } from '@samenhang/merge';
import { stableUuid } from '../patient-view/stable-uuid.js';
import { taggedRepresentative } from '../patient-view/tagged-resource.js';
import { stringifyExact } from '../sources/exact-json.js';
import { isRecord } from '../sources/json-shape.js';

/** What each address of a source is called in one document: all records of a fact by the name of the fact. */
export type OwnNames = ReadonlyMap<string, string>;

/** Sources number their resources independently: in one document each needs a name of its own. */
export function nameFacts(groups: readonly FactGroup[]): OwnNames {
  return new Map(
    groups.flatMap((group) =>
      group.members.map(
        ({ fullUrl, resource }) => [fullUrl, `${resource.resourceType}/${idOf(group)}`] as const,
      ),
    ),
  );
}

/** The record that stands for the fact, under its name in the document, its decimals exact. */
export function renamed(group: FactGroup, names: OwnNames): FhirResource {
  const { fullUrl, resource } = group.representative;
  const base = fullUrl.slice(0, -`/${resource.resourceType}/${resource.id}`.length);
  const { id: _ownOfSource, ...copy } = parseExactJson(
    stringifyExact(taggedRepresentative(group)),
  ) as FhirResource;
  return { ...(withNames(copy, names, base) as FhirResource), id: idOf(group) };
}

/** The same resource with its references in terms of the document. What is not in it keeps its address at the source. */
export function withNames(value: unknown, names: OwnNames, base: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withNames(item, names, base));
  if (!isRecord(value) || 'rawJSON' in value) return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, withNames(part, names, base)]),
  );
  const { reference } = value;
  if (typeof reference !== 'string' || /^(?:#|urn:)/.test(reference)) return copy;
  const address = /^https?:/.test(reference) ? reference : `${base}/${reference}`;
  return { ...copy, reference: names.get(address) ?? address };
}

function idOf({ key }: FactGroup): string {
  return stableUuid(`summary ${key}`);
}
