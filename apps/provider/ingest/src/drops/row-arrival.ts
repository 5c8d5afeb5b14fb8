import { identifierSystems } from '@samenhang/data-model';
import type { PatientKeyring } from '@samenhang/patient-identity';
import type { DeliveredRecord } from '../delivery/take-delivery.js';
import { fhirOrderingKey, type PatientIdentity } from '../fhir/patient-of-resource.js';
import type { Arrival } from '../intake/arrival.js';
import { hashContent } from '../intake/content-hash.js';
import type { Source } from '../sources/source.js';

interface IdentifierColumn {
  readonly column: string;
  readonly system?: string;
}

/** Rows of a table as messages. */
export function toRowArrivals(
  records: readonly DeliveredRecord[],
  source: Source,
  keyring: PatientKeyring,
): Arrival[] {
  const receivedAt = new Date();
  const columns = identifierColumns(source);
  return records.map(({ content, refusal }) => {
    const patient = refusal === undefined ? findPatient(content, columns, source) : undefined;
    return {
      source,
      format: 'table-row',
      content,
      contentHash: hashContent(content),
      controlId: undefined,
      orderingKey: fhirOrderingKey(patient, source, keyring),
      receivedAt,
      refusal,
    };
  });
}

/** Of the table's identifiers the source's own first, as for every feed; checked when the source was declared. */
function identifierColumns({ declaration }: Source): readonly IdentifierColumn[] {
  const { patient } = (declaration.table ?? {}) as { patient?: { identifiers?: IdentifierColumn[] } };
  const columns = patient?.identifiers ?? [];
  const isBsn = ({ system }: IdentifierColumn): number => Number(system === identifierSystems.bsn);
  return [...columns].sort((a, b) => isBsn(a) - isBsn(b));
}

function findPatient(
  content: Buffer,
  columns: readonly IdentifierColumn[],
  { declaration }: Source,
): PatientIdentity | undefined {
  const row = JSON.parse(content.toString('utf8')) as Record<string, string>;
  for (const { column, system } of columns) {
    const value = row[column]?.trim() ?? '';
    if (value !== '') return { system: system ?? declaration.settings.localIdentifierSystem, value };
  }
  return undefined;
}
