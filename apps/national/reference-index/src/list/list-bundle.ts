import { Failure } from '@samenhang/errors';
import { parseForm } from '@samenhang/service-kit';
import type { IndexOperation, OperationResult } from '../registrations/index-operation.js';
import { readIfNoneExist } from './if-none-exist.js';
import { readList } from './list-body.js';
import { listETag } from './list-resource.js';
import { readDeleteFilter } from './list-search.js';

type Json = Readonly<Record<string, unknown>>;

/** Operations of a transaction Bundle, one per entry. @throws Failure that names the entry at fault */
export function readTransaction(body: unknown, maximumEntries: number): IndexOperation[] {
  const bundle = body as Json | null;
  if (
    typeof bundle !== 'object' ||
    bundle?.['resourceType'] !== 'Bundle' ||
    bundle['type'] !== 'transaction'
  ) {
    throw new Failure('invalid', 'A Bundle of type transaction is required');
  }
  const entries = bundle['entry'];
  if (!Array.isArray(entries) || entries.length === 0)
    throw new Failure('invalid', 'The Bundle has no entries');
  if (entries.length > maximumEntries)
    throw new Failure('too-large', `A Bundle may have at most ${maximumEntries} entries`);
  return entries.map((entry, index) => inEntry(index, () => readEntry(entry as Json)));
}

export function toTransactionResponse(results: readonly OperationResult[], base: string): Json {
  return {
    resourceType: 'Bundle',
    type: 'transaction-response',
    entry: results.map((result) => ({ response: toResponse(result, base) })),
  };
}

function toResponse(result: OperationResult, base: string): Json {
  if (result.kind === 'deleted') return { status: '204 No Content' };
  const { id, createdAt } = result.registration;
  return {
    status: result.kind === 'created' ? '201 Created' : '200 OK',
    location: `${base}/List/${id}`,
    etag: listETag,
    lastModified: createdAt.toISOString(),
  };
}

function readEntry(entry: Json): IndexOperation {
  const request = entry['request'] as Json | undefined;
  const url = request?.['url'];
  if (typeof url !== 'string') throw new Failure('invalid', 'request.url is required');
  switch (request?.['method']) {
    case 'POST':
      if (url !== 'List') throw new Failure('invalid', 'Only List can be created');
      return readCreate(entry['resource'], request['ifNoneExist']);
    case 'DELETE':
      return readDelete(url);
    default:
      throw new Failure(
        'invalid',
        'A transaction holds POST and DELETE of List only; a registration is never updated',
      );
  }
}

export function readCreate(
  resource: unknown,
  ifNoneExist: unknown,
): Extract<IndexOperation, { kind: 'create' }> {
  const content = readList(resource);
  return { kind: 'create', ...content, ifNoneExist: readIfNoneExist(ifNoneExist, content) };
}

function readDelete(url: string): IndexOperation {
  const byId = /^List\/([^/?]+)$/.exec(url);
  if (byId?.[1] !== undefined) return { kind: 'delete-by-id', id: readId(byId[1]) };
  if (!url.startsWith('List?')) throw new Failure('invalid', 'Only List can be deleted');
  return { kind: 'delete', filter: readDeleteFilter(parseForm(url.slice('List?'.length))) };
}

/** @throws Failure('not-found'): an id this index never gave out is as absent as any other */
export function readId(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return text;
  throw new Failure('not-found', 'No registration of your organisation has this id');
}

function inEntry<T>(index: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const issues = error.issues.map((issue) => ({
      ...issue,
      expression:
        issue.expression?.replace(/^List/, `Bundle.entry[${index}].resource`) ?? `Bundle.entry[${index}]`,
    }));
    throw new Failure(error.kind, error.message, { issues, cause: error });
  }
}
