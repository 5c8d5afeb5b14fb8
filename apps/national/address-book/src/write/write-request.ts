import { Failure } from '@samenhang/errors';
import { validateResource } from '@samenhang/fhir-r4';
import {
  findDirectoryType,
  type DirectoryResource,
  type DirectoryType,
} from '../directory/directory-types.js';

/** One resource to create or replace, as the caller sent it. */
export interface WriteRequest {
  readonly resource: DirectoryResource;
  /** Version the caller saw; the write fails when it is no longer the present one. */
  readonly ifMatch?: number;
}

type Json = Readonly<Record<string, unknown>>;

const ID = /^[A-Za-z0-9.-]{1,64}$/;
const MAXIMUM_ENTRIES = 1_000;

/** @throws Failure with every fault found */
export function readPut(type: string, id: string, body: unknown, ifMatch: unknown): WriteRequest {
  const directoryType = getType(type);
  const issues = validateResource(body);
  if (issues.length > 0)
    throw new Failure('invalid', `The ${directoryType} is not valid FHIR R4`, { issues });
  const resource = body as DirectoryResource;
  if (resource.resourceType !== directoryType || resource.id !== id || !ID.test(id)) {
    throw new Failure('malformed', 'Type and id of the resource must be those of the URL');
  }
  return { resource, ...readIfMatch(ifMatch) };
}

/** @throws Failure that names the entry at fault */
export function readTransaction(body: unknown): WriteRequest[] {
  const bundle = (typeof body === 'object' && body !== null ? body : {}) as Json;
  if (bundle['resourceType'] !== 'Bundle' || bundle['type'] !== 'transaction') {
    throw new Failure('invalid', 'A Bundle of type transaction is required');
  }
  const entries = bundle['entry'];
  if (!Array.isArray(entries) || entries.length === 0)
    throw new Failure('invalid', 'The Bundle has no entries');
  if (entries.length > MAXIMUM_ENTRIES)
    throw new Failure('too-large', `A Bundle may have at most ${MAXIMUM_ENTRIES} entries`);
  const requests = entries.map((entry, index) => inEntry(index, () => readEntry(entry as Json)));
  const keys = new Set(requests.map(({ resource }) => `${resource.resourceType}/${resource.id}`));
  if (keys.size < requests.length)
    throw new Failure('invalid', 'A transaction may write a resource once only');
  return requests;
}

export function getType(name: string): DirectoryType {
  const type = findDirectoryType(name);
  if (type === undefined)
    throw new Failure('not-found', 'The address book does not hold this type of resource');
  return type;
}

function readEntry(entry: Json): WriteRequest {
  const request = entry['request'] as Json | undefined;
  if (request?.['method'] === 'DELETE') {
    throw new Failure(
      'invalid',
      'Nothing is deleted from the address book: set active to false, or status to off',
    );
  }
  const [, type, id] = /^([A-Za-z]+)\/([^/?]+)$/.exec(String(request?.['url'])) ?? [];
  if (request?.['method'] !== 'PUT' || type === undefined || id === undefined) {
    throw new Failure('invalid', 'Entries are PUT of Type/id only');
  }
  return readPut(type, id, entry['resource'], request['ifMatch']);
}

function readIfMatch(value: unknown): { ifMatch?: number } {
  if (value === undefined) return {};
  const [, version] = /^W\/"(\d{1,9})"$/.exec(String(value)) ?? [];
  if (version === undefined) throw new Failure('malformed', 'If-Match must be of the form W/"1"');
  return { ifMatch: Number(version) };
}

function inEntry<T>(index: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const at = `Bundle.entry[${index}]`;
    const issues = error.issues.map((issue) => ({
      ...issue,
      expression: issue.expression?.replace(/^[A-Za-z]+/, `${at}.resource`) ?? at,
    }));
    throw new Failure(error.kind, error.message, { issues, cause: error });
  }
}
