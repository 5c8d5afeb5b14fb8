import type { Transaction } from '@samenhang/event-log';
import type { PinnedTranslation, TermSupplement, TranslationTarget } from '@samenhang/mapping';

/** A pinned answer, and where and when it was given. */
export interface StoredTranslation extends PinnedTranslation {
  readonly version: number;
  readonly server: string;
  readonly answeredAt: Date;
}

interface Row extends Record<string, unknown> {
  readonly version: number;
  readonly binding: PinnedTranslation['binding'];
  readonly system: string;
  readonly code: string;
  readonly target_system: string | null;
  readonly target_code: string | null;
  readonly target_display: string | null;
  readonly server: string;
  readonly answered_at: Date;
}

/** Of each question the last answer up to a version. */
const AS_OF = `SELECT DISTINCT ON (binding, system, code) * FROM term_translation
  WHERE version <= $1 ORDER BY binding, system, code, version DESC`;

export async function latestSupplement(transaction: Transaction): Promise<number> {
  const [row] = await transaction.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM term_translation',
  );
  return row?.version ?? 0;
}

export async function loadSupplement(transaction: Transaction, version: number): Promise<TermSupplement> {
  const translations = await loadTranslations(transaction, version);
  return { version, translations };
}

export async function loadTranslations(
  transaction: Transaction,
  version: number,
): Promise<StoredTranslation[]> {
  const rows = await transaction.query<Row>(AS_OF, [version]);
  return rows.map((row) => ({
    binding: row.binding,
    system: row.system,
    code: row.code,
    target: targetOf(row),
    version: row.version,
    server: row.server,
    answeredAt: row.answered_at,
  }));
}

/**
 * Pins answers as the next version. One writer at a time, to the end of its transaction: a version that others can see has all
 * versions before it beside it.
 */
export async function pinTranslations(
  transaction: Transaction,
  translations: readonly PinnedTranslation[],
  server: string,
): Promise<number> {
  await transaction.query('LOCK TABLE term_translation IN SHARE ROW EXCLUSIVE MODE');
  const version = (await latestSupplement(transaction)) + 1;
  const rows = translations.map(({ binding, system, code, target }) => ({
    binding,
    system,
    code,
    ...nameOf(target),
  }));
  await transaction.query(
    `INSERT INTO term_translation (version, binding, system, code, target_system, target_code, target_display, server)
     SELECT $1, r.binding, r.system, r.code, r.target_system, r.target_code, r.target_display, $3
       FROM json_to_recordset($2::json) AS r (binding text, system text, code text, target_system text,
                                              target_code text, target_display text)`,
    [version, JSON.stringify(rows), server],
  );
  return version;
}

function targetOf({
  target_system: system,
  target_code: code,
  target_display: display,
}: Row): TranslationTarget | null {
  if (system === null || code === null) return null;
  return { system, code, ...(display === null ? {} : { display }) };
}

function nameOf(target: TranslationTarget | null): object {
  return {
    target_system: target?.system ?? null,
    target_code: target?.code ?? null,
    target_display: target?.display ?? null,
  };
}
