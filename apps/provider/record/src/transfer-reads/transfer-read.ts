import { identifierSystems } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { RawParameters } from '@samenhang/fhir-http';
import { findBsn, type Bsn } from '@samenhang/patient-identity';
import { findReceiver, type Receiver } from './implied-consent.js';

/** What the transfer service asks of the record of its own care provider, for one patient. */
export interface TransferRead {
  readonly bsn: Bsn;
  /** To whom it goes. */
  readonly receiver: Receiver;
  readonly type: string;
  /** One resource; without it the search. */
  readonly id: string | undefined;
  readonly parameters: readonly (readonly [string, string])[];
  /** Base under which the answer is served. */
  readonly base: string;
}

type Members = Readonly<Record<string, unknown>>;
const ID = /^[A-Za-z0-9\-.]{1,64}$/;

/** @throws Failure('malformed') */
export function readTransferRead(body: unknown): TransferRead {
  const { patient, receiver: to, read, search } = membersOf(body);
  const receiver = findReceiver(to);
  const { system, value } = membersOf(patient);
  const bsn = system === identifierSystems.bsn && typeof value === 'string' ? findBsn(value) : undefined;
  const { type, id, parameters = [], base = '' } = membersOf(read ?? search);
  const isRead = read !== undefined;
  if (
    bsn === undefined ||
    receiver === undefined ||
    (read === undefined) === (search === undefined) ||
    typeof type !== 'string' ||
    typeof base !== 'string' ||
    !Array.isArray(parameters) ||
    !parameters.every(isParameter) ||
    (isRead && (typeof id !== 'string' || !ID.test(id)))
  )
    throw new Failure('malformed', 'A patient, a receiver, and either a read or a search, are expected');
  return { bsn, receiver, type, id: isRead ? String(id) : undefined, parameters, base };
}

/** The search as a form, with the patient of the offer in it; of a read, the search that finds that one resource. */
export function formOf({ type, id, parameters }: TransferRead, patientId: string): RawParameters {
  const named: (readonly [string, string])[] = [
    [type === 'Patient' ? '_id' : 'patient', type === 'Patient' ? patientId : `Patient/${patientId}`],
    ...(id === undefined || type === 'Patient' ? [] : [['_id', id] as const]),
    ...parameters,
  ];
  const form: Record<string, string[]> = {};
  for (const [name, value] of named) form[name] = [...(form[name] ?? []), value];
  return form;
}

/** The patient goes without saying for whoever follows the link: they know an authorization base, and no id of a Patient. */
export function withoutPatientIn(link: string): string {
  const url = new URL(link);
  url.searchParams.delete('patient');
  return url.href;
}

function isParameter(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}
