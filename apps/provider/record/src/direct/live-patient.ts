import { mayDisclose, type DisclosureLimits } from '@samenhang/consent';
import type { Transaction } from '@samenhang/event-log';
import type { Person } from '../holder-api/person.js';
import { indexResource } from '../resources/index-resource.js';
import { serialiseResource } from '../resources/resource-body.js';
import type { DirectSource } from './direct-source.js';
import type { LiveIssue } from './live-issue.js';
import type { LiveFact, LiveFacts } from './map-answers.js';

/** The one person of the rows; there is nobody else among them. */
const PATIENT_KEY = 1;

/** What a source says of one person now, in the form in which stored facts are searched. It is never written. */
export class LivePatient {
  readonly person: Person | undefined;
  readonly issues: readonly LiveIssue[];
  readonly #rows: string;

  /** @param limits which of it consents that the holder keeps let out: what row-level security does for what is stored */
  constructor(
    { tenant, sourceId }: DirectSource,
    { facts, patientIds, issues, mappingVersion }: LiveFacts,
    {
      bsnKey,
      at,
      limits,
    }: { readonly bsnKey: string; readonly at: Date; readonly limits?: DisclosureLimits | undefined },
  ) {
    const [patientId, ...otherIds] = patientIds;
    this.issues = issues;
    this.person =
      patientId === undefined
        ? undefined
        : { patientKeys: [PATIENT_KEY], patientId, otherIds, bsnKey, address: patientId };
    const given = facts.filter((fact) => limits === undefined || isDisclosed(fact, limits));
    this.#rows = JSON.stringify(
      given.map((fact) => ({
        tenant,
        source_id: sourceId,
        mapping_version: mappingVersion,
        ...toRow(fact, at),
      })),
    );
  }

  /**
   * Reads as from the record: in each statement the rows at hand stand in the place of the table `resource`, so that whatever
   * can be searched in a record can be searched here, by the same statements.
   */
  over(transaction: Transaction): Transaction {
    const rows = this.#rows;
    return {
      query: <Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> =>
        transaction.query<Row>(withRows(sql, parameters.length + 1), [...parameters, rows]),
    };
  }
}

/** The statement with a common table expression before its own that takes the name of the table (PostgreSQL, 7.8). */
function withRows(sql: string, position: number): string {
  const live = `resource AS MATERIALIZED (SELECT * FROM json_populate_recordset(NULL::resource, $${String(position)}::json))`;
  const statement = sql.trimStart();
  const [head] = /^WITH (?:RECURSIVE )?/.exec(statement) ?? [];
  return head === undefined ? `WITH ${live} ${statement}` : `${head}${live}, ${statement.slice(head.length)}`;
}

function isDisclosed({ resource, category, isOfPatient }: LiveFact, limits: DisclosureLimits): boolean {
  return !isOfPatient || mayDisclose(limits, category, `${resource.resourceType}/${resource.id}`);
}

function toRow({ resource, category, isOfPatient }: LiveFact, at: Date): object {
  const { effectiveFrom, effectiveUntil, codeHash, tokens, links, details } = indexResource(resource);
  return {
    type: resource.resourceType,
    id: resource.id,
    version: 1,
    last_updated: at,
    patient_key: isOfPatient ? PATIENT_KEY : null,
    category: category ?? null,
    source_position: 0,
    received_at: at,
    deleted: false,
    mentioned: false,
    body: serialiseResource(resource).bodyOf(1, at),
    effective_from: effectiveFrom,
    effective_until: effectiveUntil,
    code_hash: codeHash,
    tokens: `{${tokens.join(',')}}`,
    links,
    details,
  };
}
