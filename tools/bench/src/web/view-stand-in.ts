import { viewUrls } from '@samenhang/data-model';
import Fastify from 'fastify';

/** Stands in for the platform behind the viewer: one professional, and one view of so many laboratory results. */
export async function startViewStandIn(facts: number): Promise<{ url: string; close(): Promise<void> }> {
  const server = Fastify({ forceCloseConnections: true });
  server.addContentTypeParser(
    ['application/x-www-form-urlencoded', 'application/fhir+json'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  server.get('/professionals', () => [
    {
      deziNumber: '000095254',
      initials: 'J.',
      prefix: null,
      surname: 'Vos',
      subscriberNumber: '11111111',
      subscriberName: 'GP practice',
      roleCode: '01.015',
      roleName: 'GP',
    },
  ]);
  server.post('/professionals/:id/statement', () => ({ verklaring: 'statement' }));
  server.post('/token', () => ({ access_token: 'issued', token_type: 'DPoP', expires_in: 300 }));
  const lines = `${JSON.stringify({ event: 'view', bundle: bundleOf(facts) })}\n`;
  server.post('/fhir/Patient/$everything', (_request, reply) =>
    reply.type('application/x-ndjson').send(lines),
  );
  return { url: await server.listen({ host: '127.0.0.1', port: 0 }), close: () => server.close() };
}

const tests = ['2160-0', '718-7', '2345-7', '2823-3', '2951-2', '4548-4', '6690-2', '777-3'];

/** One source answered: without any the viewer would say that nobody registered data. */
const outcome = {
  search: { mode: 'outcome' },
  resource: {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'information', code: 'informational' }],
    extension: [{ url: viewUrls.sourceStatus, extension: [{ url: 'status', valueCode: 'ok' }] }],
  },
};

function bundleOf(facts: number): object {
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    entry: [
      outcome,
      ...Array.from({ length: facts }, (_, index) => ({
        fullUrl: `https://holder.example/fhir/Observation/${String(index)}`,
        search: { mode: 'match' },
        resource: {
          resourceType: 'Observation',
          id: String(index),
          status: 'final',
          category: [
            {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' },
                { system: 'http://snomed.info/sct', code: '275711006' },
              ],
            },
          ],
          code: {
            coding: [{ system: 'http://loinc.org', code: tests[index % tests.length] }],
            text: `Test ${String(index % tests.length)}`,
          },
          effectiveDateTime: new Date(Date.UTC(2010, 0, 1) + index * 86_400_000).toISOString(),
          valueQuantity: {
            value: 40 + (index % 60),
            unit: 'mmol/l',
            system: 'http://unitsofmeasure.org',
            code: 'mmol/L',
          },
        },
      })),
    ],
  };
}
