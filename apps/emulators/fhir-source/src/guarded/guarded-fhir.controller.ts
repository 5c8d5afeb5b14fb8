import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import {
  dataCategories,
  findDataCategory,
  identifierSystems,
  type DataCategory,
} from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import {
  capabilityStatement,
  categoriesAskedFor,
  parseSearchParameters,
  patientQuestionOf,
  type PatientQuestion,
  type RawParameters,
} from '@samenhang/fhir-http';
import { Audience, Identity, Public, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { findBsn, type Bsn } from '@samenhang/patient-identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyRequest } from 'fastify';
import { ResourceCollection, type HeldResource } from '../resources/resource-collection.js';
import { clinicalDefinitions } from '../search/definitions.js';
import { identifiersOf, patientIdOf } from '../search/matches.js';
import { getDefinition, runSearch } from '../search/run-search.js';
import { HolderAccess } from './holder-access.js';

const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** A care provider's own endpoint, open to the network: every request is about one patient, decided on and recorded. */
@Controller('fhir')
@RequireScopes('holder:read')
@Audience((publicUrl) => `${publicUrl}/fhir`)
export class GuardedFhirController {
  readonly #base: string;

  constructor(
    private readonly resources: ResourceCollection,
    private readonly access: HolderAccess,
    environment: ServiceEnvironment,
  ) {
    this.#base = `${environment.publicUrl}/fhir`;
  }

  @Get('metadata')
  @Public()
  @Header('content-type', FHIR_JSON)
  metadata(): object {
    return capabilityStatement({
      title: 'FHIR source (emulator)',
      version: '1',
      base: this.#base,
      date: '2026-11-01',
      resources: clinicalDefinitions,
    });
  }

  @Get(':type')
  @Header('content-type', FHIR_JSON)
  search(
    @Param('type') type: string,
    @Query() query: RawParameters,
    @Req() request: FastifyRequest,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    if ('identifier' in query)
      throw new Failure(
        'malformed',
        'An identifier goes into the body of POST [type]/_search, not into a URL',
      );
    return this.#search(type, request, identity, query);
  }

  @Post(':type/_search')
  @HttpCode(200)
  @Header('content-type', FHIR_JSON)
  searchByPost(
    @Param('type') type: string,
    @Query() query: RawParameters,
    @Body() body: RawParameters | undefined,
    @Req() request: FastifyRequest,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    if ('identifier' in query)
      throw new Failure('malformed', 'An identifier goes into the body, not into a URL');
    return this.#search(type, request, identity, query, body);
  }

  @Get(':type/:id')
  @Header('content-type', FHIR_JSON)
  async read(
    @Param('type') type: string,
    @Param('id') id: string,
    @Identity() identity: VerifiedIdentity,
  ): Promise<string> {
    getDefinition(clinicalDefinitions, type);
    const resource = this.resources.find(type, id);
    const category = resource === undefined ? undefined : findDataCategory(resourceOf(resource));
    // For what does not exist any category of the type is asked: the answer must not tell the two apart.
    const categories = category === undefined ? categoriesOfType(type) : [category];
    const patient = resource === undefined ? undefined : this.#citizenNumber(patientIdOf(resource));
    const permitted = await this.access.permit({
      identity,
      interaction: 'read',
      patient,
      categories,
      resourceType: type,
    });
    if (resource === undefined || category === undefined || !permitted.has(category))
      throw new Failure('not-found', 'There is no such resource');
    return resource.body;
  }

  async #search(
    type: string,
    request: FastifyRequest,
    identity: VerifiedIdentity,
    ...given: (RawParameters | undefined)[]
  ): Promise<string> {
    const definition = getDefinition(clinicalDefinitions, type);
    const parameters = parseSearchParameters(...given);
    const question = patientQuestionOf(type, parameters, this.#base);
    const patient = this.#patientOf(question);
    const categories = categoriesAskedFor(type, parameters);
    const permitted = await this.access.permit({
      identity,
      interaction: 'search-type',
      patient,
      categories,
      resourceType: type,
    });
    const prefer = request.headers['prefer'];
    return runSearch(this.resources, definition, {
      base: this.#base,
      type,
      parameters,
      prefer: typeof prefer === 'string' ? prefer : undefined,
      isVisible: (resource) => isPermitted(resource, permitted),
    });
  }

  #patientOf(question: PatientQuestion): Bsn | undefined {
    if (question.by === 'id') return this.#citizenNumber(question.id);
    return question.system === identifierSystems.bsn ? findBsn(question.value) : undefined;
  }

  #citizenNumber(patientId: string | undefined): Bsn | undefined {
    const patient = patientId === undefined ? undefined : this.resources.find('Patient', patientId);
    return patient === undefined ? undefined : citizenNumberOf(patient);
  }
}

export function citizenNumberOf(patient: HeldResource): Bsn | undefined {
  const identifier = identifiersOf(patient).find(({ system }) => system === identifierSystems.bsn);
  return identifier?.value === undefined ? undefined : findBsn(identifier.value);
}

function categoriesOfType(type: string): DataCategory[] {
  return dataCategories.filter(({ resourceType }) => resourceType === type).map(({ code }) => code);
}

function isPermitted(resource: HeldResource, permitted: ReadonlySet<DataCategory>): boolean {
  const category = findDataCategory(resourceOf(resource));
  return category !== undefined && permitted.has(category);
}

function resourceOf({ type, content }: HeldResource): { resourceType: string; category?: unknown } {
  return { resourceType: type, category: content['category'] };
}
