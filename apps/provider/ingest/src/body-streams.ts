import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { maximumBodyBytes } from '@samenhang/service-kit';

const STREAMS = [
  'application/fhir+ndjson',
  'application/x-ndjson',
  'application/ndjson',
  'text/csv',
  'application/octet-stream',
];
const DOCUMENTS = ['text/xml', 'application/xml', 'application/hl7-cda+xml', 'application/cda+xml'];

/** Bodies that are not parsed whole: streams as they come, documents as bytes, as XML itself says its encoding. */
export function installBodyStreams(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  for (const type of [...STREAMS, ...DOCUMENTS])
    if (fastify.hasContentTypeParser(type)) fastify.removeContentTypeParser(type);
  fastify.addContentTypeParser(STREAMS, (_request, payload, done) => done(null, payload));
  fastify.addContentTypeParser(
    DOCUMENTS,
    { parseAs: 'buffer', bodyLimit: maximumBodyBytes },
    (_request, body, done) => done(null, body),
  );
  // A notification without content may still say a content type.
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.headers['content-length'] === '0') delete request.headers['content-type'];
    done();
  });
}
