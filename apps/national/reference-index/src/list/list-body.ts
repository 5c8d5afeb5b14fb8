import {
  dataCategorySystem,
  findUra,
  identifierSystems,
  isDataCategory,
  type DataCategory,
  type Ura,
} from '@samenhang/data-model';
import { Failure, type FailureIssue } from '@samenhang/errors';
import { custodianExtension, emptyReasonSystem, legacySourceSystem, sourceSystem } from './guide-names.js';

/** What a List asks to be registered. */
export interface ListContent {
  readonly token: string;
  readonly custodian: Ura;
  readonly category: DataCategory;
  readonly source: string;
}

type Json = Readonly<Record<string, unknown>>;

const allowed = new Set([
  'resourceType',
  'extension',
  'status',
  'mode',
  'code',
  'source',
  'subject',
  'emptyReason',
]);
const SOURCE = /^[\w.:/-]{1,255}$/;
const MAXIMUM_TOKEN_LENGTH = 8_192;

/**
 * Reads a List of the national profile. Whatever the profile forbids is refused rather than dropped: dates, notes and
 * entries would tell more than that there is something.
 * @throws Failure('invalid') with every fault and its FHIRPath; never with a value
 */
export function readList(body: unknown): ListContent {
  const issues: FailureIssue[] = [];
  const fault = (expression: string, text: string): undefined => void issues.push({ text, expression });
  const list = objectAt(body);
  if (list?.['resourceType'] !== 'List') {
    throw new Failure('invalid', 'A List resource is required', {
      issues: [{ text: 'A List resource is required', expression: 'List' }],
    });
  }
  for (const element of Object.keys(list)) {
    if (!allowed.has(element)) fault(`List.${element}`, `The profile does not allow ${element}`);
  }
  if (list['status'] !== 'current') fault('List.status', 'status must be current');
  if (list['mode'] !== 'working') fault('List.mode', 'mode must be working');
  if (findCode(list['emptyReason'], emptyReasonSystem) !== 'withheld')
    fault('List.emptyReason', 'emptyReason must be withheld');
  const token =
    readToken(list) ??
    fault('List.subject.identifier', 'One pseudonym token in the system of the index is required');
  const custodian =
    readCustodian(list) ?? fault('List.extension', 'One custodian extension with a URA is required');
  const category = readCategory(list) ?? fault('List.code', 'One data category of the guide is required');
  const source =
    readSource(list) ?? fault('List.source.identifier', 'The source that manages the data is required');
  if (
    token === undefined ||
    custodian === undefined ||
    category === undefined ||
    source === undefined ||
    issues.length > 0
  ) {
    throw new Failure('invalid', 'The List does not conform to the localisation profile', { issues });
  }
  return { token, custodian, category, source };
}

function readToken(list: Json): string | undefined {
  const identifier = objectAt(objectAt(list['subject'])?.['identifier']);
  if (identifier?.['system'] !== identifierSystems.referenceIndexPseudonym) return undefined;
  const value = textAt(identifier['value']);
  return value !== undefined && value.length <= MAXIMUM_TOKEN_LENGTH ? value : undefined;
}

function readCustodian(list: Json): Ura | undefined {
  const extensions = list['extension'];
  if (!Array.isArray(extensions) || extensions.length !== 1) return undefined;
  const extension = objectAt(extensions[0]);
  if (extension?.['url'] !== custodianExtension) return undefined;
  const identifier = objectAt(objectAt(extension['valueReference'])?.['identifier']);
  if (identifier?.['system'] !== identifierSystems.ura) return undefined;
  return findUra(textAt(identifier['value']) ?? '');
}

function readCategory(list: Json): DataCategory | undefined {
  const code = findCode(list['code'], dataCategorySystem);
  return code !== undefined && isDataCategory(code) ? code : undefined;
}

function readSource(list: Json): string | undefined {
  const identifier = objectAt(objectAt(list['source'])?.['identifier']);
  const system = identifier?.['system'];
  if (system !== sourceSystem && system !== legacySourceSystem) return undefined;
  const value = textAt(identifier?.['value']);
  return value !== undefined && SOURCE.test(value) ? value : undefined;
}

function findCode(concept: unknown, system: string): string | undefined {
  const codings = objectAt(concept)?.['coding'];
  if (!Array.isArray(codings)) return undefined;
  const matching = codings.map(objectAt).filter((coding) => coding?.['system'] === system);
  return matching.length === 1 ? textAt(matching[0]?.['code']) : undefined;
}

function objectAt(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function textAt(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
