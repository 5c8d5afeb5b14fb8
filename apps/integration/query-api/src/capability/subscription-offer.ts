import { backportUrls, patientDataTopic } from '../subscriptions/subscription-words.js';

type Json = Readonly<Record<string, unknown>>;

const bundle = { $ref: '#/components/schemas/NotificationBundle' };
const parameters = { $ref: '#/components/schemas/Parameters' };
const subscription = { $ref: '#/components/schemas/Subscription' };
const outcome = { $ref: '#/components/schemas/OperationOutcome' };
const fhir = (schema: Json): Json => ({ content: { 'application/fhir+json': { schema } } });
const id: Json = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
const numberOf = (name: string): Json => ({
  name,
  in: 'query',
  schema: { type: 'integer', minimum: 0, maximum: 999_999_999_999_999 },
});

/** Subscriptions as the CapabilityStatement names them. */
export const subscriptionCapability: Json = {
  type: 'Subscription',
  supportedProfile: [backportUrls.subscription],
  documentation: `To the topic ${patientDataTopic}; the person in the filter criteria, which are not given back. Channels: rest-hook and websocket; content: id-only or empty.`,
  interaction: [{ code: 'create' }, { code: 'read' }, { code: 'delete' }],
  operation: [
    { name: 'status', definition: backportUrls.statusOperation },
    { name: 'events', definition: backportUrls.eventsOperation },
    { name: 'get-ws-binding-token', definition: backportUrls.bindingOperation },
  ],
};

/** The same for OpenAPI. */
export function subscriptionPaths(failures: Json): Json {
  const given = (code: string, description: string, schema?: Json): Json => ({
    [code]: { description, ...(schema === undefined ? {} : fhir(schema)) },
    ...failures,
    '404': { description: 'No such subscription of this subscriber', ...fhir(outcome) },
  });
  return {
    '/fhir/Subscription': {
      post: {
        operationId: 'subscribe',
        summary: 'Be told when there is new data of a patient',
        requestBody: { required: true, ...fhir(subscription) },
        responses: {
          ...given('201', 'The subscription', subscription),
          '422': { description: 'It asks what is not offered', ...fhir(outcome) },
          '429': { description: 'As many subscriptions as there may be', ...fhir(outcome) },
        },
      },
    },
    '/fhir/Subscription/{id}': {
      parameters: [id],
      get: { operationId: 'readSubscription', responses: given('200', 'The subscription', subscription) },
      delete: { operationId: 'endSubscription', responses: given('204', 'It is ended') },
    },
    '/fhir/Subscription/{id}/$status': {
      parameters: [id],
      get: { operationId: 'subscriptionStatus', responses: given('200', 'How it stands', bundle) },
    },
    '/fhir/Subscription/{id}/$events': {
      parameters: [id, numberOf('eventsSinceNumber'), numberOf('eventsUntilNumber')],
      get: { operationId: 'subscriptionEvents', responses: given('200', 'Events, by number', bundle) },
    },
    '/fhir/Subscription/{id}/$get-ws-binding-token': {
      parameters: [id],
      post: {
        operationId: 'bindWebsocket',
        responses: {
          ...given('200', 'A token for one connection', parameters),
          '409': { description: 'It is not told over a websocket', ...fhir(outcome) },
        },
      },
    },
  };
}
