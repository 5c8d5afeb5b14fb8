import { dataCategories, identifierSystems, type DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { findTimeInterval } from '@samenhang/fhir-r4';
import type { Bsn } from '@samenhang/patient-identity';
import { parseForm } from '@samenhang/service-kit';
import { getBsn } from '../patient-view/view-request.js';
import { findSearchableType } from '../search/searchable-types.js';
import { isRecord, recordsOf } from '../sources/json-shape.js';
import { backportUrls, patientDataTopic } from './subscription-words.js';

/** How a subscriber is told. */
export type Channel =
  | { readonly type: 'rest-hook'; readonly endpoint: string; readonly headers: readonly string[] }
  | { readonly type: 'websocket' };

/** What notifications hold beside that there is something: where it is, or nothing. What it says they never hold. */
export type PayloadContent = 'id-only' | 'empty';

export interface RequestedSubscription {
  readonly bsn: Bsn;
  /** Of all categories when the filter names the patient alone. */
  readonly categories: readonly DataCategory[];
  readonly channel: Channel;
  readonly content: PayloadContent;
  readonly heartbeatSeconds?: number;
  readonly end?: Date;
}

type Json = Readonly<Record<string, unknown>>;

const SHORTEST_HEARTBEAT_SECONDS = 10;
const LONGEST_HEARTBEAT_SECONDS = 86_400;
const MAXIMUM_HEADERS = 5;
/** RFC 9110, 5.1 and 5.5; what belongs to the connection or the message is the sender's. */
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}): ?([\x20-\x7e]{1,2000})$/;
const OWN_HEADERS =
  /^(?:host|content-.*|connection|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*)$/i;

/**
 * A Subscription to the topic of this API, as the backport guide has it in R4. Error texts name the element, never its
 * value: the filter holds the number of the patient.
 * @throws Failure('malformed') when it is no such Subscription, `invalid` when it asks what is not offered
 */
export function readSubscription(body: unknown): RequestedSubscription {
  if (!isRecord(body) || body['resourceType'] !== 'Subscription')
    throw new Failure('malformed', 'The body must be a FHIR Subscription');
  if (body['status'] !== 'requested') throw refused('A new subscription is requested', 'Subscription.status');
  if (body['criteria'] !== patientDataTopic)
    throw refused(`The criteria must be the topic ${patientDataTopic}`, 'Subscription.criteria');
  const channel = isRecord(body['channel']) ? body['channel'] : {};
  const heartbeatSeconds = readHeartbeat(channel);
  const end = readEnd(body['end']);
  return {
    ...readFilters(body['_criteria']),
    channel: readChannel(channel),
    content: readContent(channel),
    ...(heartbeatSeconds === undefined ? {} : { heartbeatSeconds }),
    ...(end === undefined ? {} : { end }),
  };
}

/** Each filter names the same patient: `Patient?identifier=…` for everything, `Observation?patient.identifier=…` for a type. */
function readFilters(criteria: unknown): Pick<RequestedSubscription, 'bsn' | 'categories'> {
  const at = 'Subscription.criteria.extension';
  const filters = extensionsOf(criteria, backportUrls.filter).map(({ valueString }) => valueString);
  if (filters.length === 0) throw refused('A filter with the patient is required', at);
  const read = filters.map((filter) => readFilter(filter, at));
  const [first] = read;
  if (first === undefined || read.some(({ bsn }) => bsn !== first.bsn))
    throw refused('All filters must name the same patient', at);
  const types = new Set(read.map(({ type }) => type));
  const categories = dataCategories
    .filter(({ resourceType }) => types.has('Patient') || types.has(resourceType))
    .map(({ code }) => code);
  return { bsn: first.bsn, categories };
}

function readFilter(filter: unknown, at: string): { type: string; bsn: Bsn } {
  const [, type = '', query = ''] = /^([A-Z][A-Za-z]+)\?(.+)$/s.exec(String(filter)) ?? [];
  const searchable = findSearchableType(type);
  if (searchable === undefined || !dataCategories.some(({ resourceType }) => resourceType === type))
    throw refused('A filter is a type that has a data category, and the patient', at);
  const criteria = Object.entries(parseForm(query));
  const [criterion] = criteria;
  const names = searchable.patientParameters.map((name) =>
    name === 'identifier' ? name : `${name}.identifier`,
  );
  if (criterion === undefined || criteria.length > 1 || !names.includes(criterion[0]))
    throw refused(`The filter on ${type} is ${names.join(' or ')} and nothing else`, at);
  const [system, value, ...rest] = String(criterion[1]).split('|');
  if (system !== identifierSystems.bsn || value === undefined || rest.length > 0)
    throw refused(`The patient is named as ${identifierSystems.bsn}|[BSN]`, at);
  return { type, bsn: getBsn(value, at) };
}

function readChannel(channel: Json): Channel {
  const { type, endpoint, header = [] } = channel;
  if (type === 'websocket') return { type };
  if (type !== 'rest-hook')
    throw refused('The channel is a rest-hook or a websocket', 'Subscription.channel.type');
  if (typeof endpoint !== 'string' || endpoint === '' || endpoint.length > 2_000)
    throw refused('A rest-hook has an endpoint', 'Subscription.channel.endpoint');
  if (!Array.isArray(header) || header.length > MAXIMUM_HEADERS || !header.every(isAllowedHeader))
    throw refused(
      `At most ${MAXIMUM_HEADERS} headers, as "Name: value", and none that the sender sets`,
      'Subscription.channel.header',
    );
  return { type, endpoint, headers: header as string[] };
}

function isAllowedHeader(line: unknown): boolean {
  const [, name] = (typeof line === 'string' ? HEADER.exec(line) : null) ?? [];
  return name !== undefined && !OWN_HEADERS.test(name);
}

function readContent(channel: Json): PayloadContent {
  const { payload = 'application/fhir+json' } = channel;
  if (payload !== 'application/fhir+json' && payload !== 'application/json')
    throw refused('Notifications are application/fhir+json', 'Subscription.channel.payload');
  const [content] = extensionsOf(channel['_payload'], backportUrls.payload);
  const code = content?.['valueCode'] ?? 'id-only';
  if (code === 'id-only' || code === 'empty') return code;
  throw refused(
    'Notifications hold no data: their content is id-only or empty',
    'Subscription.channel.payload.extension',
  );
}

function readHeartbeat(channel: Json): number | undefined {
  const [heartbeat] = extensionsOf(channel, backportUrls.heartbeat);
  if (heartbeat === undefined) return undefined;
  const seconds = heartbeat['valueUnsignedInt'];
  const isUsable =
    Number.isInteger(seconds) &&
    Number(seconds) >= SHORTEST_HEARTBEAT_SECONDS &&
    Number(seconds) <= LONGEST_HEARTBEAT_SECONDS;
  if (isUsable) return Number(seconds);
  throw refused(
    `The heartbeat period is ${SHORTEST_HEARTBEAT_SECONDS} to ${LONGEST_HEARTBEAT_SECONDS} seconds`,
    'Subscription.channel.extension',
  );
}

function readEnd(end: unknown): Date | undefined {
  if (end === undefined) return undefined;
  const isInstant = typeof end === 'string' && /T.*(?:Z|[+-]\d\d:\d\d)$/.test(end);
  const interval = isInstant ? findTimeInterval(end) : undefined;
  if (interval !== undefined && interval.from > Date.now()) return new Date(interval.from);
  throw refused('The end is an instant that is yet to come', 'Subscription.end');
}

function extensionsOf(element: unknown, url: string): Record<string, unknown>[] {
  return recordsOf(isRecord(element) ? element['extension'] : undefined).filter((one) => one['url'] === url);
}

function refused(text: string, expression: string): Failure {
  return new Failure('invalid', text, { issues: [{ text, expression }] });
}
