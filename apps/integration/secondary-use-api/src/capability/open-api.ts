import { datePrecisions, datasetTypes, elementsOf, secondaryPurposes } from '@samenhang/secondary-use';
import { tableFormats, tableMediaTypes } from '@samenhang/table-files';
import { coarsenings } from '../outputs/output-request.js';
import { outputKinds } from '../permits/permit.js';
import { documentedRoutes, type DocumentedRoute } from './documented-routes.js';

type Json = Readonly<Record<string, unknown>>;

const json = 'application/json';
const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const content = (schema: Json, ...mediaTypes: readonly string[]): Json => ({
  content: Object.fromEntries(mediaTypes.map((mediaType) => [mediaType, { schema }])),
});
const failure = (description: string): Json => ({
  description,
  ...content(reference('Problem'), 'application/problem+json'),
});

const failures: Json = {
  '400': failure('The question cannot be read'),
  '401': failure('No valid token, or not for this address or key'),
  '403': failure('The permit or the scope does not allow this'),
  '404': failure('There is no such thing, or it is of somebody else'),
  '503': failure('Not now: holders or the register of objections do not answer'),
};
const bytes: Json = { type: 'string', format: 'binary' };
const answers = {
  json: content({ type: 'object' }, json),
  permit: content(reference('Permit'), json),
  output: content(reference('Output'), json),
  file: content(bytes, ...Object.values(tableMediaTypes), json, 'text/markdown; charset=utf-8'),
  signature: content({ type: 'string' }, 'application/jose'),
  linkedData: content({ type: 'object' }, 'application/ld+json'),
  catalogue: content({ type: 'array' }, 'application/ld+json', 'text/turtle'),
} satisfies Readonly<Record<DocumentedRoute['answer'], Json>>;

/** The API in OpenAPI 3.1, of the very lists that requests are checked against. */
export function openApi(publicUrl: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of documentedRoutes)
    (paths[route.path.replace(/:(\w+)/g, '{$1}')] ??= {})[route.method.toLowerCase()] = operationOf(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Samenhang secondary-use API',
      version: '0.1.0',
      description: 'Permits, counts, tables and sets over data that stays at its holders.',
      license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
    },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      securitySchemes: {
        dpop: {
          type: 'http',
          scheme: 'DPoP',
          description: 'Access token with the scope that is named (RFC 9449)',
        },
      },
      schemas,
    },
  };
}

function operationOf({ method, path, scope, summary, body, answer, status = 200 }: DocumentedRoute): Json {
  const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', ...(name === 'id' ? { format: 'uuid' } : {}) },
  }));
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^A-Za-z]+(\w)/g, (_, first: string) => first.toUpperCase())}`,
    summary,
    security: scope === undefined ? [] : [{ dpop: [scope] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, ...content(reference(body), json) } }),
    responses: {
      [status]: { description: summary, ...answers[answer] },
      ...(scope === undefined ? {} : failures),
    },
  };
}

const column: Json = {
  type: 'object',
  required: ['column', 'coarsening'],
  properties: {
    column: { type: 'string' },
    coarsening: { enum: coarsenings },
    values: { type: 'array', items: { type: 'string' } },
  },
};

const schemas: Json = {
  Application: {
    type: 'object',
    required: ['title', 'purpose', 'datasets', 'custodians', 'period', 'outputKind'],
    properties: {
      title: { type: 'string', maxLength: 200 },
      purpose: { enum: secondaryPurposes },
      datasets: {
        type: 'array',
        minItems: 1,
        items: {
          oneOf: datasetTypes.map((type) => ({
            type: 'object',
            required: ['type', 'elements'],
            properties: {
              type: { const: type },
              elements: { type: 'array', items: { enum: elementsOf(type) } },
            },
          })),
        },
      },
      custodians: { type: 'array', minItems: 1, items: { type: 'string', pattern: '^\\d{8}$' } },
      period: {
        type: 'object',
        required: ['from', 'until'],
        properties: { from: { type: 'string', format: 'date' }, until: { type: 'string', format: 'date' } },
      },
      dates: { enum: datePrecisions },
      population: {
        type: 'object',
        required: ['system', 'code'],
        properties: { system: { type: 'string' }, code: { type: 'string' } },
      },
      outputKind: { enum: outputKinds },
    },
  },
  Grant: {
    type: 'object',
    required: ['expiresAt'],
    properties: { expiresAt: { type: 'string', format: 'date-time' } },
  },
  Permit: {
    allOf: [reference('Application')],
    type: 'object',
    required: ['id', 'requester', 'status'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      requester: { type: 'string' },
      status: { enum: ['submitted', 'granted', 'rejected', 'withdrawn'] },
      expiresAt: { type: 'string', format: 'date-time' },
    },
  },
  Count: {
    type: 'object',
    required: ['conditions'],
    properties: { conditions: { type: 'array', maxItems: 3, items: { type: 'object' } } },
  },
  OutputRequest: {
    type: 'object',
    properties: {
      format: { enum: tableFormats },
      view: { type: 'object', description: 'ViewDefinition (SQL on FHIR v2); not for OMOP' },
      person: { type: 'string' },
      known: { type: 'array', maxItems: 6, items: column },
      sensitive: { type: 'array', items: column },
      split: { type: 'object', description: 'For ai-sets: percentages of persons' },
    },
  },
  Output: {
    type: 'object',
    required: ['id', 'permitId', 'status', 'holders', 'files'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      permitId: { type: 'string', format: 'uuid' },
      status: { enum: ['running', 'checking', 'released', 'refused', 'held', 'failed'] },
      holders: { type: 'array', items: { type: 'object' } },
      files: { type: 'array', items: { type: 'object' } },
    },
  },
  Pseudonym: { type: 'object', required: ['pseudonym'], properties: { pseudonym: { type: 'string' } } },
  Problem: { type: 'object', properties: { status: { type: 'integer' }, detail: { type: 'string' } } },
};
