import { findUra, type Ura } from '@samenhang/data-model';
import { findBsn, type Bsn } from '@samenhang/patient-identity';

/** Below the base URL of the register. */
export const subscriptionPath = '/abonnementen/fhir/Subscription';

/** To be told when what a patient chose about one holder changes. */
export interface MitzSubscription {
  readonly patient: Bsn;
  readonly holder: Ura;
  /** Care-provider type, such as `V4`. */
  readonly holderType: string;
  /** Where to tell it. */
  readonly endpoint: string;
  /** `Name: value` that a notification must carry, so that nobody else can tell. */
  readonly header?: string;
}

const CRITERIA = 'Consent';
const REASON = 'OTV';
const FACILITY_TYPE = /^[A-Z]\d{1,2}$/;
const HEADER = /^[A-Za-z-]{1,64}: [\x20-\x7e]{1,512}$/;

/** As Mitz has it: FHIR R4, the patient in the criteria. */
export function writeSubscription(subscription: MitzSubscription): object {
  const { patient, holder, holderType, endpoint, header } = subscription;
  const criteria = new URLSearchParams({
    _query: 'otv',
    patientid: patient,
    providerid: holder,
    providertype: holderType,
  });
  return {
    resourceType: 'Subscription',
    status: 'requested',
    reason: REASON,
    criteria: `${CRITERIA}?${criteria.toString()}`,
    channel: {
      type: 'rest-hook',
      endpoint,
      payload: 'application/fhir+json',
      ...(header === undefined ? {} : { header: [header] }),
    },
  };
}

/** Undefined for whatever is not a subscription of this kind in full. */
export function readSubscription(body: unknown): MitzSubscription | undefined {
  const { resourceType, status, reason, criteria, channel } = (body ?? {}) as Record<string, unknown>;
  const { type, endpoint, payload, header = [] } = (channel ?? {}) as Record<string, unknown>;
  const [resource, query = ''] = typeof criteria === 'string' ? criteria.split('?', 2) : [];
  const asked = new URLSearchParams(query);
  const patient = findBsn(asked.get('patientid') ?? '');
  const holder = findUra(asked.get('providerid') ?? '');
  const holderType = asked.get('providertype') ?? '';
  const [line, ...others] = Array.isArray(header) ? (header as unknown[]) : [];
  if (
    resourceType !== 'Subscription' ||
    status !== 'requested' ||
    reason !== REASON ||
    resource !== CRITERIA ||
    asked.get('_query') !== 'otv' ||
    type !== 'rest-hook' ||
    payload !== 'application/fhir+json' ||
    typeof endpoint !== 'string' ||
    patient === undefined ||
    holder === undefined ||
    !FACILITY_TYPE.test(holderType) ||
    others.length > 0 ||
    (line !== undefined && !(typeof line === 'string' && HEADER.test(line)))
  )
    return undefined;
  return {
    patient,
    holder,
    holderType,
    endpoint,
    ...(typeof line === 'string' ? { header: line } : {}),
  };
}
