import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';

export const bsnA = '900186021';
export const bsnB = '999901370';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly form: URLSearchParams;
}

type Answer = (request: SeenRequest, reply: FastifyReply, base: string) => unknown;

/** A data holder's FHIR endpoint over real HTTP, as good or as bad as a test wants it. */
export class StandInHolder {
  private constructor(
    private readonly server: FastifyInstance,
    readonly base: string,
    readonly seen: readonly SeenRequest[],
  ) {}

  static async start(answer: Answer): Promise<StandInHolder> {
    const server = Fastify({ forceCloseConnections: true });
    server.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, body),
    );
    const seen: SeenRequest[] = [];
    let base = '';
    server.all('/*', async (request, reply) => {
      const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
      const entry = { method: request.method, url: request.url, headers: request.headers, form };
      seen.push(entry);
      void reply.type('application/fhir+json');
      return answer(entry, reply, base);
    });
    base = `${await server.listen({ host: '127.0.0.1', port: 0 })}/fhir`;
    return new StandInHolder(server, base, seen);
  }

  async close(): Promise<void> {
    await this.server.close();
  }
}

/** Answers each search from these resources, as a well-behaved holder does. */
export function holding(...resources: FhirResource[]): Answer {
  return (request) => {
    const [, type] = /\/fhir\/([A-Za-z]+)\/_search/.exec(request.url) ?? [];
    return searchset(resources.filter(({ resourceType }) => resourceType === type));
  };
}

export function searchset(resources: readonly FhirResource[], next?: string): object {
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(next === undefined ? {} : { link: [{ relation: 'next', url: next }] }),
    entry: resources.map((resource) => ({ resource, search: { mode: 'match' } })),
  };
}

export function patient(id: string, bsn = bsnA): FhirResource {
  return {
    resourceType: 'Patient',
    id,
    identifier: [{ system: identifierSystems.bsn, value: bsn }],
    birthDate: '1950-01-01',
    name: [{ family: 'Jansen' }],
  };
}

export function allergy(id: string, patientId: string): FhirResource {
  return {
    resourceType: 'AllergyIntolerance',
    id,
    patient: { reference: `Patient/${patientId}` },
    code: { coding: [{ system: 'http://snomed.info/sct', code: '373270004' }] },
    category: ['medication'],
  };
}
