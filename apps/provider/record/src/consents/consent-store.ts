import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ConsentChoice } from '@samenhang/consent';
import { identifierSystems, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import { PatientKeyring, type Bsn } from '@samenhang/patient-identity';
import { CitizenNumberVault } from '../patients/citizen-number-vault.js';
import { bsnKey } from '../patients/patient-labels.js';
import { choicesOf, type ConsentContent, type StatedConsent } from './read-consent.js';

/** A version of a consent, and whose it is. */
export interface StoredConsent extends StatedConsent {
  readonly id: string;
  readonly version: number;
  readonly recordedAt: Date;
}

interface ConsentRow {
  id: string;
  version: number;
  bsn_key: string;
  sealed: Buffer;
  content: string;
  recorded_at: Date;
}

const COLUMNS = 'id, version, bsn_key, sealed, content, recorded_at';
/** More than this nobody oversees, the patient least of all. */
const MAXIMUM_PER_PERSON = 100;

/** The consents that a holder keeps itself: every version, under the fence of its tenant. */
@Injectable()
export class ConsentStore {
  constructor(
    private readonly keyring: PatientKeyring,
    private readonly vault: CitizenNumberVault,
  ) {}

  async create(
    transaction: Transaction,
    tenant: Ura,
    stated: StatedConsent,
    recordedBy: string,
  ): Promise<StoredConsent> {
    const key = bsnKey(tenant, stated.patient, this.keyring);
    const [row] = await transaction.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM consent WHERE tenant = $1 AND bsn_key = $2',
      [tenant, key],
    );
    if ((row?.count ?? 0) >= MAXIMUM_PER_PERSON)
      throw new Failure(
        'conflict',
        `A patient may have at most ${MAXIMUM_PER_PERSON} consents here: change one`,
      );
    return this.#write(transaction, tenant, { id: randomUUID(), version: 1, stated, recordedBy });
  }

  /** @throws Failure('not-found'), Failure('precondition-failed') when it is not of the version that the caller saw */
  async replace(
    transaction: Transaction,
    tenant: Ura,
    { id, version }: { readonly id: string; readonly version: number },
    stated: StatedConsent,
    recordedBy: string,
  ): Promise<StoredConsent> {
    const [row] = await transaction.query<ConsentRow>(
      `SELECT ${COLUMNS} FROM consent WHERE tenant = $1 AND id = $2 FOR UPDATE`,
      [tenant, id],
    );
    if (row === undefined) throw new Failure('not-found', 'There is no such consent');
    if (row.version !== version) throw new Failure('precondition-failed');
    if (row.bsn_key !== bsnKey(tenant, stated.patient, this.keyring))
      throw new Failure('invalid', 'A consent stays with its patient: make that one inactive, and a new one');
    return this.#write(transaction, tenant, { id, version: version + 1, stated, recordedBy });
  }

  /** @param version the present one when left out */
  async find(
    transaction: Transaction,
    tenant: Ura,
    id: string,
    version?: number,
  ): Promise<StoredConsent | undefined> {
    const rows =
      version === undefined
        ? transaction.query<ConsentRow>(`SELECT ${COLUMNS} FROM consent WHERE tenant = $1 AND id = $2`, [
            tenant,
            id,
          ])
        : transaction.query<ConsentRow>(
            `SELECT ${COLUMNS} FROM consent_history WHERE tenant = $1 AND id = $2 AND version = $3`,
            [tenant, id, version],
          );
    const [row] = await rows;
    return row === undefined ? undefined : this.#toConsent(tenant, row);
  }

  async list(transaction: Transaction, tenant: Ura, patient: Bsn): Promise<StoredConsent[]> {
    const rows = await transaction.query<ConsentRow>(
      `SELECT ${COLUMNS} FROM consent WHERE tenant = $1 AND bsn_key = $2 ORDER BY recorded_at, id`,
      [tenant, bsnKey(tenant, patient, this.keyring)],
    );
    return rows.map((row) => this.#toConsent(tenant, row));
  }

  /** What is in force, for a decision. */
  async choicesOf(transaction: Transaction, tenant: Ura, patient: Bsn): Promise<ConsentChoice[]> {
    const rows = await transaction.query<{ content: string }>(
      `SELECT content FROM consent WHERE tenant = $1 AND bsn_key = $2 AND status = 'active'`,
      [tenant, bsnKey(tenant, patient, this.keyring)],
    );
    return choicesOfContents(
      rows.map(({ content }) => content),
      tenant,
    );
  }

  async #write(
    transaction: Transaction,
    tenant: Ura,
    {
      id,
      version,
      stated: { patient, content },
      recordedBy,
    }: Pick<StoredConsent, 'id' | 'version'> & { stated: StatedConsent; recordedBy: string },
  ): Promise<StoredConsent> {
    const key = bsnKey(tenant, patient, this.keyring);
    const sealed = this.vault.seal(tenant, key, patient);
    const [row] = await transaction.query<ConsentRow>(
      `WITH present AS (
         INSERT INTO consent (tenant, id, version, bsn_key, sealed, status, content, recorded_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (tenant, id) DO UPDATE SET version = excluded.version, sealed = excluded.sealed,
           status = excluded.status, content = excluded.content, recorded_at = now(), recorded_by = excluded.recorded_by
         RETURNING *)
       INSERT INTO consent_history (tenant, id, version, bsn_key, sealed, status, content, recorded_at, recorded_by)
       SELECT tenant, id, version, bsn_key, sealed, status, content, recorded_at, recorded_by FROM present
       RETURNING ${COLUMNS}`,
      [tenant, id, version, key, sealed, content.status, JSON.stringify(content), recordedBy],
    );
    if (row === undefined) throw new Error('The consent was not stored');
    return this.#toConsent(tenant, row);
  }

  #toConsent(tenant: Ura, row: ConsentRow): StoredConsent {
    return {
      id: row.id,
      version: row.version,
      recordedAt: row.recorded_at,
      patient: this.vault.open(tenant, row.bsn_key, row.sealed),
      content: JSON.parse(row.content) as ConsentContent,
    };
  }
}

/** What stored consents say that is in force. */
export function choicesOfContents(contents: readonly string[], tenant: Ura): ConsentChoice[] {
  return contents.flatMap((content) => choicesOf(JSON.parse(content) as ConsentContent, tenant));
}

/** As FHIR, with its patient. */
export function toFhirConsent({ id, version, recordedAt, patient, content }: StoredConsent): object {
  const { resourceType, ...rest } = content;
  return {
    resourceType,
    id,
    meta: { versionId: String(version), lastUpdated: recordedAt.toISOString() },
    ...rest,
    patient: { identifier: { system: identifierSystems.bsn, value: patient } },
  };
}
