import { identifierSystems } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { DirectorySource } from './directory-sources.js';
import { forgetDirectory } from './replica-store.js';

/** Capability of the endpoint at which a care provider's own directory is (federated topology). */
const UPDATE_CLIENT = 'nl-gf-admin-directory-update-client';

export interface DueDirectory extends DirectorySource {
  readonly watermark: Date | null;
  readonly failures: number;
}

/**
 * Brings the list of directories in line with the deployment and with what the central one says: a directory that is
 * named no longer, or by other care providers than before, is forgotten with all it said, and read anew when it is back.
 */
export async function followDirectories(
  transaction: Transaction,
  configured: readonly DirectorySource[],
): Promise<void> {
  await transaction.query(`SELECT pg_advisory_xact_lock(hashtext('directories'))`);
  const wanted = new Map((await discover(transaction)).map((source) => [source.base, source]));
  for (const source of configured) wanted.set(source.base, source);
  const known = await transaction.query<DirectorySource>('SELECT base, kind, uras FROM directory');
  for (const each of known) {
    const source = wanted.get(each.base);
    const isSame = source?.kind === each.kind && source.uras.join() === each.uras.join();
    if (isSame) wanted.delete(each.base);
    else await forgetDirectory(transaction, each.base);
  }
  for (const { base, kind, uras } of wanted.values())
    await transaction.query('INSERT INTO directory (base, kind, uras) VALUES ($1, $2, $3)', [
      base,
      kind,
      uras,
    ]);
}

/** Of active care providers only: who stopped speaks no more. */
async function discover(transaction: Transaction): Promise<DirectorySource[]> {
  // Few have one: those first, and then by index whose they are.
  const endpoints = await transaction.query<{ reference: string; address: string }>(
    `SELECT 'endpoint=Endpoint/' || id AS reference, content::jsonb ->> 'address' AS address FROM resource
      WHERE resource_type = 'Endpoint' AND status = 'active' AND content LIKE '%' || $1 || '"%'`,
    [UPDATE_CLIENT],
  );
  if (endpoints.length === 0) return [];
  const addresses = new Map(endpoints.map(({ reference, address }) => [reference, address]));
  const organisations = await transaction.query<{ identifiers: string[]; references: string[] }>(
    `SELECT identifiers, resource_references AS references FROM resource AS organisation
      WHERE resource_type = 'Organization' AND active IS NOT FALSE AND resource_references && $1::text[]
        AND EXISTS (SELECT 1 FROM directory_entry AS entry JOIN directory ON directory.base = entry.base
                     WHERE entry.resource_type = 'Organization' AND entry.local_id = organisation.id AND directory.kind = 'central')`,
    [[...addresses.keys()]],
  );
  const prefix = `${identifierSystems.ura}|`;
  const rows = organisations.flatMap(({ identifiers, references }) =>
    references.flatMap((reference) => {
      const address = addresses.get(reference);
      const uras = identifiers.filter((each) => each.startsWith(prefix));
      return address === undefined ? [] : uras.map((each) => ({ ura: each.slice(prefix.length), address }));
    }),
  );
  const directories = Map.groupBy(rows, ({ address }) => address.replace(/\/+$/, ''));
  return [...directories].map(([base, own]) => ({
    base,
    kind: 'federated',
    uras: [...new Set(own.map(({ ura }) => ura))].sort(),
  }));
}

export function dueDirectories(database: Pick<Transaction, 'query'>): Promise<DueDirectory[]> {
  // The central ones first: they say who the others may speak of.
  return database.query<DueDirectory>(
    'SELECT base, kind, uras, watermark, failures FROM directory WHERE next_try <= now() ORDER BY kind, next_try',
  );
}

export async function recordSuccess(
  transaction: Transaction,
  base: string,
  watermark: Date,
  pauseSeconds: number,
): Promise<void> {
  await transaction.query(
    `UPDATE directory SET watermark = $2, ready_at = coalesce(ready_at, now()), synchronised_at = now(), failures = 0,
            last_failure = NULL, next_try = now() + make_interval(secs => $3) WHERE base = $1`,
    [base, watermark, pauseSeconds],
  );
}

export async function recordFailure(
  database: Pick<Transaction, 'query'>,
  base: string,
  failure: string,
  pauseSeconds: number,
): Promise<void> {
  await database.query(
    `UPDATE directory SET failures = failures + 1, last_failure = $2, next_try = now() + make_interval(secs => $3)
      WHERE base = $1`,
    [base, failure, pauseSeconds],
  );
}
