import { findUra, identifierSystems, type Ura } from '@samenhang/data-model';
import { Failure, type FailureIssue } from '@samenhang/errors';
import { findTimeInterval, validateResource } from '@samenhang/fhir-r4';
import { findBsn, type Bsn } from '@samenhang/patient-identity';
import { handoverInputs, transferKinds, type TransferKind } from '../tasks/task.js';
import { canonicalRequest } from './listed-request.js';

/** A document that is made for this transfer, and is not in the record. */
export interface OfferedDocument {
  readonly code: string;
  readonly type: string;
  readonly id: string | undefined;
  readonly resource: Readonly<Record<string, unknown>>;
}

/** What a care provider's own system asks to have transferred. */
export interface OfferRequest {
  readonly kind: TransferKind;
  /** The system's own number of the request: sent twice it is one transfer. */
  readonly identifier: string | undefined;
  readonly bsn: Bsn;
  readonly receivers: readonly Ura[];
  /** As written, for the Task; and as moments, end excluded. */
  readonly start: string | undefined;
  readonly end: string;
  readonly validFrom: Date;
  readonly validUntil: Date;
  readonly listed: readonly string[];
  readonly documents: readonly OfferedDocument[];
  /** A direct handover, agreed on before: the Task begins in progress. */
  readonly inProgress: boolean;
}

const MOST_RECEIVERS = 20;
const MOST_LISTED = 200;
const MOST_DOCUMENTS = 10;
const ID = /^[A-Za-z0-9\-.]{1,64}$/;

type Members = Readonly<Record<string, unknown>>;

/** @throws Failure('invalid') that names every element at fault */
export function readOfferRequest(body: unknown, tenant: Ura, now: Date): OfferRequest {
  const request = isMembers(body) ? body : {};
  const issues: FailureIssue[] = [];
  const fault = (expression: string, text: string): undefined => {
    issues.push({ text, expression });
    return undefined;
  };
  const kind = transferKinds.find((each) => each === request['kind']);
  if (kind === undefined) fault('kind', `one of ${transferKinds.join(', ')}`);
  const bsn =
    readPatient(request['patient']) ?? fault('patient', 'an identifier: system of the BSN, and value');
  const receivers = readReceivers(request['receivers'], tenant);
  if (receivers.length === 0) fault('receivers', `1 to ${MOST_RECEIVERS} URAs of others, each once`);
  const { end, start } = { end: textOf(request['until']), start: textOf(request['from']) };
  const until = end === undefined ? undefined : findTimeInterval(end);
  const from = start === undefined ? undefined : findTimeInterval(start);
  if (until === undefined || until.until <= now.getTime())
    fault('until', 'a date or dateTime that is not past');
  if (start !== undefined && from === undefined) fault('from', 'a date or dateTime');
  const listed = readListed(request['offered'], fault);
  const documents = readDocuments(request['documents'], fault);
  if (listed.length + documents.length === 0) fault('offered', 'at least one resource, search or document');
  const identifier = textOf(request['identifier']);
  if (identifier !== undefined && !/^[\w.:/-]{1,100}$/.test(identifier))
    fault('identifier', 'at most 100 letters, digits and . : / - _');
  if (request['inProgress'] === true && (kind !== 'nursing-handover' || receivers.length !== 1))
    fault('inProgress', 'a direct handover is one of nursing, to one receiver');
  if (
    issues.length > 0 ||
    kind === undefined ||
    bsn === undefined ||
    until === undefined ||
    end === undefined
  )
    throw new Failure('invalid', 'The transfer cannot be made', { issues });
  return {
    kind,
    identifier,
    bsn,
    receivers,
    start,
    end,
    validFrom: new Date(from?.from ?? now.getTime()),
    validUntil: new Date(until.until),
    listed,
    documents,
    inProgress: request['inProgress'] === true,
  };
}

function readPatient(patient: unknown): Bsn | undefined {
  if (!isMembers(patient) || patient['system'] !== identifierSystems.bsn) return undefined;
  return typeof patient['value'] === 'string' ? findBsn(patient['value']) : undefined;
}

function readReceivers(receivers: unknown, tenant: Ura): Ura[] {
  if (!Array.isArray(receivers) || receivers.length > MOST_RECEIVERS) return [];
  const uras = receivers.map((each: unknown) => (typeof each === 'string' ? findUra(each) : undefined));
  const known = uras.flatMap((ura) => (ura === undefined || ura === tenant ? [] : [ura]));
  return known.length === receivers.length && new Set(known).size === known.length ? known : [];
}

function readListed(offered: unknown, fault: (expression: string, text: string) => undefined): string[] {
  if (offered === undefined) return [];
  if (!Array.isArray(offered) || offered.length > MOST_LISTED) {
    fault('offered', `a list of at most ${MOST_LISTED}`);
    return [];
  }
  const listed = offered.flatMap((each: unknown, index) => {
    try {
      return typeof each === 'string'
        ? [canonicalRequest(each)]
        : (fault(`offered[${index}]`, 'a text') ?? []);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return fault(`offered[${index}]`, error.message) ?? [];
    }
  });
  return [...new Set(listed)];
}

function readDocuments(
  documents: unknown,
  fault: (expression: string, text: string) => undefined,
): OfferedDocument[] {
  if (documents === undefined) return [];
  if (!Array.isArray(documents) || documents.length > MOST_DOCUMENTS) {
    fault('documents', `a list of at most ${MOST_DOCUMENTS}`);
    return [];
  }
  return documents.flatMap((each: unknown, index) => {
    const { code, resource } = isMembers(each) ? each : {};
    const id = isMembers(resource) ? resource['id'] : undefined;
    if (
      typeof code !== 'string' ||
      !Object.hasOwn(handoverInputs, code) ||
      !isMembers(resource) ||
      resource['resourceType'] !== 'Composition' ||
      !(id === undefined || (typeof id === 'string' && ID.test(id)))
    ) {
      const codes = Object.keys(handoverInputs).join(' or ');
      return fault(`documents[${index}]`, `a Composition, with code ${codes}`) ?? [];
    }
    const [issue] = validateResource(resource);
    if (issue !== undefined)
      return (
        fault(`documents[${index}].resource.${issue.expression}`, `is not valid FHIR R4: ${issue.text}`) ?? []
      );
    return [{ code, type: 'Composition', id, resource }];
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
