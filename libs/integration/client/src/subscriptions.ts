import { canonicalBase, identifierSystems } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { AuthorisedRequests } from './authorised-requests.js';
import { findText, recordOf, recordsOf } from './fhir-shape.js';

/** What an application wants to be told, and where. */
export interface SubscriptionWish {
  /** Address that is called with each notification; without it the subscription is told over a websocket. */
  readonly endpoint?: string;
  /** Sent along with each call, as `Authorization: Bearer …`: by it the endpoint knows who calls. */
  readonly headers?: readonly string[];
  /** Types of FHIR resource; all when left out. */
  readonly types?: readonly string[];
  /** Instant after which nothing is told any more. */
  readonly end?: string;
  /** A call at least every so many seconds, so that silence is a sign. */
  readonly heartbeatSeconds?: number;
}

export interface PatientSubscription {
  readonly id: string;
  readonly status: string;
  readonly end?: string;
  /** Why it is not told now. */
  readonly problem?: string;
}

/** One change: where the fact is; its category when no more is known. What it says a new view tells. */
export interface PatientChange {
  /** Without gaps: who misses one asks for it. */
  readonly number: number;
  readonly at?: string;
  readonly reference?: string;
  readonly category?: string;
}

export interface ChangeNotification {
  /** `handshake`, `heartbeat`, `event-notification`, `query-status` or `query-event`. */
  readonly type: string;
  readonly status: string;
  /** Number of the last change there was. */
  readonly last: number;
  readonly changes: readonly PatientChange[];
}

const extension = (name: string): string =>
  `http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-${name}`;

/** Which parameter of a search names the patient, where it is not `patient.identifier`. */
const naming: Readonly<Record<string, string>> = {
  Patient: 'identifier',
  Coverage: 'beneficiary.identifier',
};

/** Subscriptions of one application. */
export class Subscriptions {
  constructor(
    private readonly requests: AuthorisedRequests,
    private readonly fhirUrl: string,
  ) {}

  async create(bsn: string, wish: SubscriptionWish): Promise<PatientSubscription> {
    const response = await this.requests.send(`${this.fhirUrl}/Subscription`, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify(toResource(bsn, wish)),
    });
    return readSubscription(await response.json());
  }

  async find(id: string): Promise<PatientSubscription> {
    const response = await this.requests.send(this.#urlOf(id), { method: 'GET' });
    return readSubscription(await response.json());
  }

  async end(id: string): Promise<void> {
    const response = await this.requests.send(this.#urlOf(id), { method: 'DELETE' });
    await response.body?.cancel();
  }

  /** Changes from this number on: what an endpoint or a connection missed. */
  async changesSince(id: string, number: number): Promise<ChangeNotification> {
    const url = `${this.#urlOf(id)}/$events?eventsSinceNumber=${number}`;
    const response = await this.requests.send(url, { method: 'GET' });
    return readChangeNotification(await response.json());
  }

  /** Where to connect, and the message to send first: good for one connection, soon. */
  async websocket(id: string): Promise<{ readonly url: string; readonly bind: string }> {
    const url = `${this.#urlOf(id)}/$get-ws-binding-token`;
    const response = await this.requests.send(url, { method: 'POST' });
    const parameters = recordsOf(recordOf(await response.json())['parameter']);
    const token = parameters.find(({ name }) => name === 'token')?.['valueString'];
    const address = parameters.find(({ name }) => name === 'websocket-url')?.['valueUrl'];
    if (typeof token !== 'string' || typeof address !== 'string')
      throw new Failure('upstream', 'The query API gave an answer that cannot be read');
    return { url: address, bind: `bind-with-token: ${token}` };
  }

  #urlOf(id: string): string {
    return `${this.fhirUrl}/Subscription/${encodeURIComponent(id)}`;
  }
}

/**
 * What an endpoint was sent, parsed.
 * @throws Failure when it is no notification
 */
export function readChangeNotification(bundle: unknown): ChangeNotification {
  const [entry] = recordsOf(recordOf(bundle)['entry']);
  const parameters = recordsOf(recordOf(entry?.['resource'])['parameter']);
  const find = (name: string): Readonly<Record<string, unknown>> | undefined =>
    parameters.find((one) => one['name'] === name);
  const type = findText(find('type')?.['valueCode']);
  const last = Number(find('events-since-subscription-start')?.['valueString']);
  if (type === undefined || !Number.isInteger(last))
    throw new Failure('upstream', 'This is no notification of a subscription');
  return {
    type,
    last,
    status: findText(find('status')?.['valueCode']) ?? 'unknown',
    changes: parameters
      .filter(({ name }) => name === 'notification-event')
      .map(({ part }) => readChange(recordsOf(part))),
  };
}

function readChange(parts: readonly Readonly<Record<string, unknown>>[]): PatientChange {
  const find = (name: string): Readonly<Record<string, unknown>> | undefined =>
    parts.find((one) => one['name'] === name);
  const at = findText(find('timestamp')?.['valueInstant']);
  const focus = recordOf(find('focus')?.['valueReference']);
  const reference = findText(focus['reference']);
  const category = findText(recordOf(focus['identifier'])['value']);
  return {
    number: Number(find('event-number')?.['valueString']),
    ...(at === undefined ? {} : { at }),
    ...(reference === undefined ? {} : { reference }),
    ...(category === undefined ? {} : { category }),
  };
}

function readSubscription(answer: unknown): PatientSubscription {
  const resource = recordOf(answer);
  const [id, status] = [findText(resource['id']), findText(resource['status'])];
  if (resource['resourceType'] !== 'Subscription' || id === undefined || status === undefined)
    throw new Failure('upstream', 'The query API gave an answer that cannot be read');
  const [end, problem] = [findText(resource['end']), findText(resource['error'])];
  return {
    id,
    status,
    ...(end === undefined ? {} : { end }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function toResource(bsn: string, wish: SubscriptionWish): object {
  const { endpoint, headers = [], types = ['Patient'], end, heartbeatSeconds } = wish;
  const filters = types.map((type) => ({
    url: extension('filter-criteria'),
    valueString: `${type}?${naming[type] ?? 'patient.identifier'}=${identifierSystems.bsn}|${bsn}`,
  }));
  return {
    resourceType: 'Subscription',
    status: 'requested',
    reason: 'New data of a patient',
    criteria: `${canonicalBase}/SubscriptionTopic/patient-data`,
    _criteria: { extension: filters },
    ...(end === undefined ? {} : { end }),
    channel: {
      ...(endpoint === undefined ? { type: 'websocket' } : { type: 'rest-hook', endpoint, header: headers }),
      payload: 'application/fhir+json',
      _payload: { extension: [{ url: extension('payload-content'), valueCode: 'id-only' }] },
      ...(heartbeatSeconds === undefined
        ? {}
        : { extension: [{ url: extension('heartbeat-period'), valueUnsignedInt: heartbeatSeconds }] }),
    },
  };
}
