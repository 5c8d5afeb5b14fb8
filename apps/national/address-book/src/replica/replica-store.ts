import { createHash } from 'node:crypto';
import type { Transaction } from '@samenhang/event-log';
import type { DirectoryResource } from '../directory/directory-types.js';
import { searchColumnsOf } from '../directory/search-columns.js';
import { judge, urasOf, type Authority, type Refusal } from './authority.js';
import type { DirectorySource } from './directory-sources.js';
import { isNewer, type DirectoryChange } from './history-bundle.js';
import { localIdOf, toLocalCopy } from './local-copy.js';

export interface Applied {
  readonly written: number;
  readonly removed: number;
  readonly refused: readonly Refusal[];
}

interface KnownEntry {
  readonly local_id: string;
  readonly remote_version: number;
  readonly remote_updated: Date;
  readonly version: number;
  readonly content_hash: Buffer | null;
}

/** What becomes of one change: a copy to keep, or nothing. */
interface Verdict {
  readonly change: DirectoryChange;
  readonly localId: string;
  readonly version: number;
  readonly copy: DirectoryResource | undefined;
  readonly hash: Buffer | undefined;
  readonly isSame: boolean;
}

const CHUNK = 2_000;
/** Copies hold local references only. */
const RELATIVE = '';

/** Takes in what a directory says now: newer versions only, of what it may speak of only, all in the transaction given. */
export async function applyChanges(
  transaction: Transaction,
  { base, kind, uras }: DirectorySource,
  changes: ReadonlyMap<string, DirectoryChange>,
  publicBase: string,
): Promise<Applied> {
  const known = await knownEntries(transaction, base, [...changes.values()]);
  const fresh = [...changes.values()].filter((change) => {
    const entry = known.get(localIdOf(base, change.type, change.id));
    return (
      entry === undefined ||
      isNewer(change, { lastUpdated: entry.remote_updated, version: entry.remote_version })
    );
  });
  if (fresh.length === 0) return { written: 0, removed: 0, refused: [] };
  const authority: Authority = kind === 'central' ? 'all' : new Set(uras);
  const stored =
    kind === 'central' ? new Map<string, DirectoryResource>() : await copiesOf(transaction, base);
  const names = kind === 'central' ? new Map<string, string>() : await centralNames(transaction, uras);
  const copies = new Map<DirectoryChange, DirectoryResource>();
  for (const change of fresh) {
    stored.delete(`${change.type}/${localIdOf(base, change.type, change.id)}`);
    if (change.resource !== undefined) copies.set(change, named(toLocalCopy(change.resource, base), names));
  }
  const all = [...stored.values(), ...copies.values()];
  const organisations = new Map(
    all.filter(({ resourceType }) => resourceType === 'Organization').map((each) => [keyOf(each), each]),
  );
  const { refused } = judge(all, organisations, authority, RELATIVE);
  const refusedKeys = new Set(refused.map(({ key }) => key));
  const verdicts = fresh.map((change): Verdict => {
    const localId = localIdOf(base, change.type, change.id);
    const entry = known.get(localId);
    const copy = refusedKeys.has(`${change.type}/${localId}`) ? undefined : copies.get(change);
    const hash = copy === undefined ? undefined : createHash('sha256').update(JSON.stringify(copy)).digest();
    const isSame = hash !== undefined && entry?.content_hash?.equals(hash) === true;
    return { change, localId, copy, hash, isSame, version: (entry?.version ?? 0) + (isSame ? 0 : 1) };
  });
  await keepEntries(transaction, base, verdicts);
  const kept = verdicts.filter(({ copy, isSame }) => copy !== undefined && !isSame);
  await writeCopies(transaction, kept, publicBase);
  // Before anybody asks: the plan for an empty table leads through a full one.
  if (kept.length >= CHUNK) await transaction.query('ANALYZE resource');
  // A tombstone, what the directory may no longer speak of, and what hung on it.
  const gone = [
    ...verdicts
      .filter(({ copy }) => copy === undefined)
      .map(({ change, localId }) => `${change.type}/${localId}`),
    ...[...stored.keys()].filter((key) => refusedKeys.has(key)),
  ];
  return { written: kept.length, removed: await removeCopies(transaction, gone), refused };
}

/** All that is kept of a directory, and what was heard of it. */
export async function forgetDirectory(transaction: Transaction, base: string): Promise<void> {
  for (const table of ['resource', 'resource_version'])
    await transaction.query(
      `DELETE FROM ${table} AS kept USING directory_entry AS entry
        WHERE entry.base = $1 AND kept.resource_type = entry.resource_type AND kept.id = entry.local_id`,
      [base],
    );
  await transaction.query('DELETE FROM directory WHERE base = $1', [base]);
}

async function knownEntries(
  transaction: Transaction,
  base: string,
  changes: readonly DirectoryChange[],
): Promise<Map<string, KnownEntry>> {
  const known = new Map<string, KnownEntry>();
  for (const chunk of chunksOf(changes)) {
    const rows = await transaction.query<KnownEntry>(
      `SELECT local_id, remote_version, remote_updated, version, content_hash FROM directory_entry
        WHERE base = $1 AND (resource_type, remote_id) IN (SELECT * FROM unnest($2::text[], $3::text[]))`,
      [base, chunk.map(({ type }) => type), chunk.map(({ id }) => id)],
    );
    for (const row of rows) known.set(row.local_id, row);
  }
  return known;
}

async function copiesOf(transaction: Transaction, base: string): Promise<Map<string, DirectoryResource>> {
  const rows = await transaction.query<{ content: string }>(
    `SELECT content FROM resource JOIN directory_entry AS entry
         ON entry.resource_type = resource.resource_type AND entry.local_id = resource.id WHERE entry.base = $1`,
    [base],
  );
  const copies = rows.map(({ content }) => JSON.parse(content) as DirectoryResource);
  return new Map(copies.map((copy) => [keyOf(copy), copy]));
}

/** What the central directory calls these care providers: no other may rename them. */
async function centralNames(
  transaction: Transaction,
  uras: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await transaction.query<{ ura: string; name: string }>(
    `SELECT DISTINCT ON (ura) ura, organisation.name FROM unnest($1::text[]) AS ura
       JOIN resource AS organisation ON organisation.identifiers @> ARRAY[ura] AND organisation.resource_type = 'Organization'
       JOIN directory_entry AS entry ON entry.local_id = organisation.id AND entry.resource_type = 'Organization'
       JOIN directory ON directory.base = entry.base AND directory.kind = 'central'
      WHERE organisation.name IS NOT NULL ORDER BY ura, organisation.id`,
    [uras],
  );
  return new Map(rows.map(({ ura, name }) => [ura, name]));
}

function named(copy: DirectoryResource, names: ReadonlyMap<string, string>): DirectoryResource {
  const [name] = urasOf(copy).flatMap((ura) => names.get(ura) ?? []);
  return name === undefined ? copy : { ...copy, name };
}

async function keepEntries(
  transaction: Transaction,
  base: string,
  verdicts: readonly Verdict[],
): Promise<void> {
  for (const chunk of chunksOf(verdicts))
    await transaction.query(
      `INSERT INTO directory_entry AS known (base, resource_type, remote_id, local_id, remote_version, remote_updated, version, content_hash)
       SELECT $1, resource_type, remote_id, local_id, remote_version, remote_updated, version, decode(content_hash, 'hex')
         FROM jsonb_to_recordset($2) AS row (resource_type text, remote_id text, local_id text, remote_version int,
                                             remote_updated timestamptz, version int, content_hash text)
       ON CONFLICT (base, resource_type, remote_id) DO UPDATE
          SET remote_version = EXCLUDED.remote_version, remote_updated = EXCLUDED.remote_updated,
              version = EXCLUDED.version, content_hash = EXCLUDED.content_hash`,
      [
        base,
        JSON.stringify(
          chunk.map(({ change, localId, version, hash }) => ({
            resource_type: change.type,
            remote_id: change.id,
            local_id: localId,
            remote_version: change.version,
            remote_updated: change.lastUpdated,
            version,
            content_hash: hash?.toString('hex'),
          })),
        ),
      ],
    );
}

async function writeCopies(
  transaction: Transaction,
  verdicts: readonly Verdict[],
  publicBase: string,
): Promise<void> {
  const lastUpdated = new Date().toISOString();
  for (const chunk of chunksOf(verdicts)) {
    const rows = chunk.flatMap(({ copy, version }) => {
      if (copy === undefined) return [];
      const meta = { ...(copy['meta'] as object), versionId: String(version), lastUpdated };
      const { references, ...columns } = searchColumnsOf(copy, publicBase);
      return [
        {
          ...columns,
          resource_type: copy.resourceType,
          id: copy.id,
          version,
          resource_references: references,
          content: JSON.stringify({ ...copy, meta }),
        },
      ];
    });
    await transaction.query(
      `WITH row AS (
         SELECT * FROM jsonb_to_recordset($1) AS row (resource_type text, id text, version int, active boolean, status text,
                                                      name text, identifiers text[], resource_references text[], content text)
       ), kept AS (
         INSERT INTO resource_version (resource_type, id, version, last_updated, content)
         SELECT resource_type, id, version, $2::timestamptz, content FROM row
       )
       INSERT INTO resource AS present (resource_type, id, version, custodian, last_updated, active, status, name,
                                        identifiers, resource_references, content)
       SELECT resource_type, id, version, '', $2::timestamptz, active, status, name, identifiers, resource_references, content
         FROM row
       ON CONFLICT (resource_type, id) DO UPDATE
          SET version = EXCLUDED.version, last_updated = EXCLUDED.last_updated, active = EXCLUDED.active,
              status = EXCLUDED.status, name = EXCLUDED.name, identifiers = EXCLUDED.identifiers,
              resource_references = EXCLUDED.resource_references, content = EXCLUDED.content`,
      [JSON.stringify(rows), lastUpdated],
    );
  }
}

async function removeCopies(transaction: Transaction, keys: readonly string[]): Promise<number> {
  if (keys.length === 0) return 0;
  const condition = `(resource_type, id) IN
    (SELECT split_part(key, '/', 1), split_part(key, '/', 2) FROM unnest($1::text[]) AS key) RETURNING 1`;
  await transaction.query(`DELETE FROM resource_version WHERE ${condition}`, [keys]);
  const removed = await transaction.query(`DELETE FROM resource WHERE ${condition}`, [keys]);
  return removed.length;
}

function* chunksOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += CHUNK) yield items.slice(start, start + CHUNK);
}

const keyOf = ({ resourceType, id }: DirectoryResource): string => `${resourceType}/${id}`;
