import type { SearchableType } from '../search/searchable-types.js';
import { searchableTypes } from '../search/searchable-types.js';
import { summaries } from '../search/result-shape.js';
import { offeredOperations, type OfferedOperation } from './operations.js';
import { subscriptionPaths } from './subscription-offer.js';

type Json = Readonly<Record<string, unknown>>;

const fhirJson = 'application/fhir+json';
const form = 'application/x-www-form-urlencoded';
const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const content = (schema: Json, mediaType = fhirJson): Json => ({ content: { [mediaType]: { schema } } });
const failure = (description: string): Json => ({ description, ...content(reference('OperationOutcome')) });

const failures: Json = {
  '400': failure('The question cannot be read; the issues say where'),
  '401': failure('No valid token, or not for this address or key'),
  '403': failure('The policy does not allow this'),
  '415': failure('Another content type than this route takes'),
  '502': failure('Sources are registered, and none gave a usable answer'),
  '503': failure('Not now: see Retry-After'),
  '504': failure('No source answered in time'),
};

/** The API in OpenAPI 3.1, of the same definitions as the CapabilityStatement. */
export function openApi(publicUrl: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Samenhang query API',
      version: '0.1.0',
      description:
        'FHIR R4. Every question is about one person, whose BSN stands in the body and nowhere else.',
      license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
    },
    servers: [{ url: publicUrl }],
    security: [{ dpop: [] }],
    paths: {
      ...Object.fromEntries(
        searchableTypes.map((searchable) => [pathOf(searchable), { post: searchOf(searchable) }]),
      ),
      ...Object.fromEntries(
        offeredOperations.map((offered) => [
          `/fhir/${offered.type}/$${offered.name}`,
          { post: operationOf(offered) },
        ]),
      ),
      ...subscriptionPaths(failures),
      '/fhir/pages/{cursor}': { get: nextPage },
      '/fhir/metadata': { get: open('metadata', 'CapabilityStatement', reference('CapabilityStatement')) },
      '/.well-known/smart-configuration': {
        get: open(
          'smartConfiguration',
          'Where and how tokens are had',
          { type: 'object' },
          'application/json',
        ),
      },
      '/openapi.json': { get: open('openApi', 'This document', { type: 'object' }, 'application/json') },
    },
    components: {
      securitySchemes: {
        dpop: { type: 'http', scheme: 'DPoP', description: 'Access token with scope view:read (RFC 9449)' },
      },
      schemas: {
        Bundle: resourceSchema('Bundle', { type: { const: 'searchset' }, entry: { type: 'array' } }),
        NotificationBundle: resourceSchema('Bundle', {
          type: { const: 'history' },
          entry: { type: 'array' },
        }),
        Subscription: resourceSchema('Subscription', { status: { type: 'string' } }, ['status']),
        DocumentBundle: resourceSchema('Bundle', { type: { const: 'document' }, entry: { type: 'array' } }),
        OperationOutcome: resourceSchema('OperationOutcome', { issue: { type: 'array', minItems: 1 } }, [
          'issue',
        ]),
        Binary: resourceSchema('Binary', { contentType: { type: 'string' }, data: { type: 'string' } }, [
          'contentType',
          'data',
        ]),
        CapabilityStatement: resourceSchema('CapabilityStatement', {}),
        Parameters: resourceSchema('Parameters', { parameter: { type: 'array', minItems: 1 } }, [
          'parameter',
        ]),
      },
    },
  };
}

const schemas = { searchset: 'Bundle', document: 'DocumentBundle', binary: 'Binary' } as const;

function pathOf({ type }: SearchableType): string {
  return `/fhir/${type}/_search`;
}

function searchOf(searchable: SearchableType): Json {
  return {
    operationId: `search${searchable.type}`,
    summary: `Search ${searchable.type} of one person over all sources`,
    requestBody: { required: true, ...content(formSchema(searchable), form) },
    responses: { '200': { description: 'What was found', ...content(reference('Bundle')) }, ...failures },
  };
}

function operationOf({ type, name, summary, body, answer }: OfferedOperation): Json {
  const searchable = searchableTypes.find((candidate) => candidate.type === type);
  const takesForm = body === 'form' && searchable !== undefined;
  const request = takesForm
    ? content(formSchema(searchable, { max: { type: 'integer', minimum: 1, maximum: 100 } }), form)
    : content(reference('Parameters'));
  return {
    operationId: `${name}${type}`,
    summary,
    requestBody: { required: true, ...request },
    responses: {
      '200': { description: 'The answer', ...content(reference(schemas[answer])) },
      ...(answer === 'binary' ? { '404': failure('There is no such file') } : {}),
      ...(answer === 'document' ? { '409': failure('The sources disagree on who the person is') } : {}),
      ...failures,
    },
  };
}

/** The person under one of the names that the type knows. */
function formSchema({ type, parameters, includes, patientParameters }: SearchableType, own: Json = {}): Json {
  const person = patientParameters.map((name) => (name === 'identifier' ? name : `${name}.identifier`));
  const many = { type: 'array', items: { type: 'string' } };
  return {
    type: 'object',
    anyOf: person.map((name) => ({ required: [name] })),
    properties: {
      ...Object.fromEntries(
        person.map((name) => [
          name,
          {
            type: 'string',
            description: 'http://fhir.nl/fhir/NamingSystem/bsn|[BSN]',
            pattern: '^http://fhir\\.nl/fhir/NamingSystem/bsn\\|[0-9]{9}$',
          },
        ]),
      ),
      ...Object.fromEntries(
        parameters
          .filter(({ name }) => !person.includes(name))
          .map(({ name, kind }) => [name, { ...many, description: kind }]),
      ),
      ...own,
      _include: { type: 'array', items: { enum: includes.map(({ name }) => `${type}:${name}`) } },
      _revinclude: { type: 'array', items: { enum: ['Provenance:target'] } },
      _count: { type: 'integer', minimum: 0, maximum: 1000 },
      _sort: { type: 'string' },
      _elements: { type: 'string' },
      _summary: { enum: summaries },
      _total: { enum: ['none', 'estimate', 'accurate'] },
    },
  };
}

const nextPage: Json = {
  operationId: 'nextPage',
  summary: 'A further page of a search, as its link says',
  parameters: [{ name: 'cursor', in: 'path', required: true, schema: { type: 'string' } }],
  responses: {
    '200': { description: 'The page', ...content(reference('Bundle')) },
    '404': failure('The page is not kept any more'),
    ...failures,
  },
};

function open(operationId: string, description: string, schema: Json, mediaType = fhirJson): Json {
  return {
    operationId,
    summary: description,
    security: [],
    responses: { '200': { description, ...content(schema, mediaType) } },
  };
}

function resourceSchema(name: string, properties: Json, required: readonly string[] = []): Json {
  return {
    type: 'object',
    required: ['resourceType', ...required],
    properties: { resourceType: { const: name }, ...properties },
  };
}
