import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';

export const bsnA = '900186021';
export const bsnB = '999901370';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly form: URLSearchParams;
  readonly body: string;
}

const wholePatient = {
  name: 'everything',
  definition: 'https://samenhang.example/fhir/OperationDefinition/holder-everything',
};

type Answer = (request: SeenRequest, reply: FastifyReply, base: string) => unknown;

/** A data holder's FHIR endpoint over real HTTP, as good or as bad as a test wants it. */
export class StandInHolder {
  private constructor(
    private readonly server: FastifyInstance,
    readonly base: string,
    readonly seen: readonly SeenRequest[],
    /** How often the CapabilityStatement was asked for. */
    readonly metadata: { asked: number },
  ) {}

  /** `operations`: those it says to offer on Patient; `types`: those it says to be searched for. */
  static async start(
    answer: Answer,
    operations: readonly object[] = [],
    types: readonly string[] = [],
  ): Promise<StandInHolder> {
    const server = Fastify({ forceCloseConnections: true });
    server.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => done(null, body),
    );
    server.addContentTypeParser('application/fhir+json', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    );
    const seen: SeenRequest[] = [];
    const metadata = { asked: 0 };
    let base = '';
    server.get('/fhir/metadata', async (_request, reply) => {
      metadata.asked += 1;
      void reply.type('application/fhir+json');
      const searched = types.map((type) => ({ type, interaction: [{ code: 'search-type' }] }));
      const rest = [{ mode: 'server', resource: [{ type: 'Patient', operation: operations }, ...searched] }];
      return { resourceType: 'CapabilityStatement', rest };
    });
    server.all('/*', async (request, reply) => {
      const body = typeof request.body === 'string' ? request.body : '';
      const form = new URLSearchParams(body);
      const entry = { method: request.method, url: request.url, headers: request.headers, form, body };
      seen.push(entry);
      void reply.type('application/fhir+json');
      return answer(entry, reply, base);
    });
    base = `${await server.listen({ host: '127.0.0.1', port: 0 })}/fhir`;
    return new StandInHolder(server, base, seen, metadata);
  }

  /** A holder that gives a whole patient in one request. */
  static startWhole(answer: Answer): Promise<StandInHolder> {
    return StandInHolder.start(answer, [wholePatient]);
  }

  async close(): Promise<void> {
    await this.server.close();
  }
}

/** Answers the request for a whole patient with all of these resources; `outcome` goes with them. */
export function holdingWhole(resources: readonly FhirResource[], outcome?: object): Answer {
  return (request, reply) => {
    if (!request.url.endsWith('/Patient/$everything')) return reply.code(404).send('{}');
    const found = searchset(resources) as { entry: object[] };
    const entry = outcome === undefined ? [] : [{ resource: outcome, search: { mode: 'outcome' } }];
    return { ...found, entry: [...found.entry, ...entry] };
  };
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
