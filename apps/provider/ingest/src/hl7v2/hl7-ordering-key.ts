import { identifierSystems } from '@samenhang/data-model';
import type { Hl7Message, Hl7Repetition } from '@samenhang/hl7v2';
import { findBsn, type PatientKeyring } from '@samenhang/patient-identity';
import type { Source } from '../sources/source.js';

/** Assigning authority (CX-4) and type (CX-5) under which Dutch messages carry the BSN. */
const BSN_AUTHORITY = 'NLMINBIZA';
const BSN_TYPE = 'NNNLD';

/**
 * Messages of one patient share a key and keep their order. The source's own number comes first: it is on every
 * message of the patient, whereas the BSN may be missing on some, which would then overtake the others.
 *
 * A merge (A34, A40, A47) stands in the stream of the patient that survives. It needs no place in the other's: what the
 * record makes of merges depends on positions, not on the order in which it hears of them.
 */
export function hl7OrderingKey(message: Hl7Message, source: Source, keyring: PatientKeyring): string {
  const identifiers = message.segment('PID')?.field(3).repetitions ?? [];
  const local = preferredNumber(identifiers.filter((one) => !isBsn(one) && one.text !== undefined));
  if (local?.text !== undefined) {
    const system = local.component(4).text ?? source.declaration.settings.localIdentifierSystem;
    return keyring.keyOf(source.tenant, system, local.text);
  }
  const bsn = identifiers.find(isBsn)?.text;
  if (bsn === undefined) return orderingKeyOfSource(source, keyring);
  return keyring.keyOf(source.tenant, identifierSystems.bsn, findBsn(bsn) ?? bsn);
}

/** For messages of no patient: they keep the order of the source. */
export function orderingKeyOfSource(source: Source, keyring: PatientKeyring): string {
  return keyring.keyOf(source.tenant, 'source', source.id);
}

/** Systems list numbers in another order in other messages: the patient's own number, by its type, before the first. */
function preferredNumber(numbers: readonly Hl7Repetition[]): Hl7Repetition | undefined {
  const ofType = (type: string): Hl7Repetition | undefined =>
    numbers.find((one) => one.component(5).text === type);
  return ofType('PI') ?? ofType('MR') ?? numbers[0];
}

function isBsn(identifier: Hl7Repetition): boolean {
  return identifier.component(4).text === BSN_AUTHORITY || identifier.component(5).text === BSN_TYPE;
}
