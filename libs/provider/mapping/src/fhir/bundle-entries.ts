import { isResourceType } from '@samenhang/fhir-r4';
import type { Draft } from '../fhir-types.js';
import { rejection } from '../source-message.js';

/** One resource of a message, or a request to delete one. */
export interface SourceEntry {
  readonly resource: Draft | undefined;
  readonly fullUrl: string | undefined;
  /** `Type/id` that the entry says to delete. */
  readonly deletes: string | undefined;
  readonly location: string;
}

interface BundleEntry {
  fullUrl?: unknown;
  resource?: unknown;
  search?: { mode?: unknown };
  request?: { method?: unknown; url?: unknown };
}

/** The resources of a message: itself, or the entries of a Bundle of any type. */
export function listEntries(content: unknown): SourceEntry[] {
  if (!isObject(content) || typeof content['resourceType'] !== 'string') {
    throw rejection('not-a-resource', '$this', 'The content is not a FHIR resource in JSON');
  }
  const type = content['resourceType'];
  if (!isResourceType(type))
    throw rejection('unknown-resource-type', '$this', 'FHIR R4 has no such resource type');
  if (type !== 'Bundle') {
    return [{ resource: content as Draft, fullUrl: undefined, deletes: undefined, location: type }];
  }
  const entries = content['entry'];
  if (entries !== undefined && !Array.isArray(entries)) {
    throw rejection('invalid-resource', 'Bundle.entry', 'The entries of a Bundle are a list');
  }
  return ((entries ?? []) as unknown[]).flatMap(readEntry);
}

function readEntry(value: unknown, index: number): SourceEntry[] {
  const entry: BundleEntry = isObject(value) ? value : {};
  const location = `Bundle.entry[${index}]`;
  if (entry.search?.mode === 'outcome') return [];
  const fullUrl = typeof entry.fullUrl === 'string' ? entry.fullUrl : undefined;
  if (entry.request?.method === 'DELETE') {
    const deletes = typeof entry.request.url === 'string' ? entry.request.url : undefined;
    return [{ resource: undefined, fullUrl, deletes, location }];
  }
  const resource = isObject(entry.resource) ? (entry.resource as Draft) : undefined;
  return [{ resource, fullUrl, deletes: undefined, location: `${location}.resource` }];
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
