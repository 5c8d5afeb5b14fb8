import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { parseSearchParameters, type RawParameters } from '@samenhang/fhir-http';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { SmartGuard } from '../open/smart-guard.js';
import { ResourceCollection } from '../resources/resource-collection.js';
import { bgz2017Definitions } from '../search/bgz-2017-definitions.js';
import { getDefinition, runSearch } from '../search/run-search.js';

const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** A care provider's server of FHIR STU3, in the profiles and the searches of BgZ 2017. It is only read from. */
@Controller('fhir')
@UseGuards(SmartGuard)
export class Bgz2017Controller {
  readonly #base: string;

  constructor(
    private readonly resources: ResourceCollection,
    environment: ServiceEnvironment,
  ) {
    this.#base = `${environment.publicUrl}/fhir`;
  }

  @Get('metadata')
  @Header('content-type', FHIR_JSON)
  metadata(): object {
    const resource = bgz2017Definitions.map(({ type, searchParameters, includes = [] }) => ({
      type,
      interaction: [{ code: 'search-type' }],
      searchInclude: includes,
      searchParam: searchParameters.map(({ name, type: kind }) => ({ name, type: kind })),
    }));
    return {
      resourceType: 'CapabilityStatement',
      status: 'active',
      date: '2026-11-22',
      kind: 'instance',
      fhirVersion: '3.0.2',
      acceptUnknown: 'no',
      format: ['application/fhir+json'],
      rest: [{ mode: 'server', resource }],
    };
  }

  @Get('Observation/$lastn')
  @Header('content-type', FHIR_JSON)
  newestOfCode(@Query() query: RawParameters): string {
    return this.#search('Observation', true, query);
  }

  @Get(':type')
  @Header('content-type', FHIR_JSON)
  search(@Param('type') type: string, @Query() query: RawParameters): string {
    return this.#search(type, false, query);
  }

  @Post(':type/_search')
  @HttpCode(200)
  @Header('content-type', FHIR_JSON)
  searchByPost(@Param('type') type: string, @Body() body: RawParameters | undefined): string {
    return this.#search(type, false, body);
  }

  #search(type: string, isNewestOfCode: boolean, given: RawParameters | undefined): string {
    return runSearch(this.resources, getDefinition(bgz2017Definitions, type), {
      base: this.#base,
      type,
      parameters: parseSearchParameters(given),
      prefer: 'handling=strict',
      isVisible: () => true,
      isNewestOfCode,
    });
  }
}
