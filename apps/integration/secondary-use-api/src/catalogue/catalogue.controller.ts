import { Controller, Get, Headers, Res } from '@nestjs/common';
import { readTenants } from '@samenhang/data-model';
import { Public } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import { SecondaryUseConfiguration } from '../configuration.js';
import { CatalogueSizes } from './catalogue-sizes.js';
import { describeDatasets } from './describe-datasets.js';
import { writeJsonLd, writeTurtle } from './write-catalogue.js';

/** For anybody: which data can be applied for (EHDS, Article 77), and about how much of it there is. */
@Controller('catalogue')
export class CatalogueController {
  constructor(
    private readonly configuration: SecondaryUseConfiguration,
    private readonly environment: ServiceEnvironment,
    private readonly sizes: CatalogueSizes,
  ) {}

  @Public()
  @Get()
  async catalogue(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { catalogueCustodians, accessBodyName, accessBodyContact } = this.configuration;
    const store = describeDatasets({
      base: this.environment.publicUrl,
      accessBody: { name: accessBodyName, contact: accessBodyContact },
      custodians: readTenants(catalogueCustodians).map(({ ura }) => ({ ura, name: `URA ${ura}` })),
      sizes: this.sizes.current(),
    });
    const wantsTurtle = accept?.includes('text/turtle') === true;
    void reply.type(wantsTurtle ? 'text/turtle; charset=utf-8' : 'application/ld+json; charset=utf-8');
    return wantsTurtle ? writeTurtle(store) : JSON.stringify(writeJsonLd(store));
  }
}
