import { canonicalBase } from '@samenhang/data-model';

/** The one topic: facts of a patient that are new, different or gone, at any custodian. */
export const patientDataTopic = `${canonicalBase}/SubscriptionTopic/patient-data`;

const backport = 'http://hl7.org/fhir/uv/subscriptions-backport';

/** Of the guide that brings topic-based subscriptions to R4 (http://hl7.org/fhir/uv/subscriptions-backport/STU1.1). */
export const backportUrls = {
  subscription: `${backport}/StructureDefinition/backport-subscription`,
  notification: `${backport}/StructureDefinition/backport-subscription-notification-r4`,
  status: `${backport}/StructureDefinition/backport-subscription-status-r4`,
  filter: `${backport}/StructureDefinition/backport-filter-criteria`,
  payload: `${backport}/StructureDefinition/backport-payload-content`,
  heartbeat: `${backport}/StructureDefinition/backport-heartbeat-period`,
  channelType: `${backport}/StructureDefinition/backport-channel-type`,
  statusOperation: `${backport}/OperationDefinition/backport-subscription-status`,
  eventsOperation: `${backport}/OperationDefinition/backport-subscription-events`,
  bindingOperation: `${backport}/OperationDefinition/backport-subscription-get-ws-binding-token`,
} as const;

/** Why a subscription is told no more, or not now: code and words, for `Subscription.error`. */
export const problems = {
  'not-reached': 'The endpoint was not reached',
  'not-taken': 'The endpoint did not take a notification',
  'not-allowed': 'The policy does not allow this subscriber to ask for this patient any more',
} as const;

export type Problem = keyof typeof problems;

/** On which the database says that a subscription has something new. */
export const changedChannel = 'query_api_subscription_changed';
