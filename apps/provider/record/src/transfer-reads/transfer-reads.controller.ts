import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { fhirJson, writeSearchset, type Searchset } from '@samenhang/fhir-http';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { PatientKeyring } from '@samenhang/patient-identity';
import { DataSource } from 'typeorm';
import { findHolderDefinition } from '../holder-api/holder-definitions.js';
import { readHolderQuestion } from '../holder-api/holder-question.js';
import { searchFacts } from '../holder-api/holder-search.js';
import { findPerson } from '../holder-api/person-table.js';
import { Tenants } from '../holder-api/tenants.js';
import { bsnKey } from '../patients/patient-labels.js';
import { inTenant } from '../storage/tenant-fence.js';
import { formOf, readTransferRead, withoutPatientIn, type TransferRead } from './transfer-read.js';

/**
 * For the transfer service of the same care provider: it has decided that a receiver may have this, by what was offered
 * to it, and it records who got what. No consent is asked here, and no role: this scope is that service's alone.
 */
@Controller('transfer-reads')
export class TransferReadsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keyring: PatientKeyring,
    private readonly tenants: Tenants,
  ) {}

  @RequireScopes('record:transfer')
  @Post()
  @HttpCode(200)
  @Header('content-type', fhirJson)
  @Header('cache-control', 'no-store')
  async read(@Body() body: unknown, @Identity() identity: VerifiedIdentity): Promise<string> {
    const asked = readTransferRead(body);
    const { organisation } = identity;
    if (organisation === undefined) throw new Failure('forbidden', 'The access token is of no care provider');
    const found = await this.#search(this.tenants.get(organisation.ura).ura, asked);
    if (asked.id === undefined) return [...writeSearchset(found)].join('');
    const fullUrl = `/${asked.type}/${asked.id}`;
    const one = found.entries.find((entry) => entry.mode === 'match' && entry.fullUrl.endsWith(fullUrl));
    if (one === undefined) throw new Failure('not-found', 'There is no such resource');
    return one.body;
  }

  async #search(tenant: Ura, asked: TransferRead): Promise<Searchset> {
    const definition = findHolderDefinition(asked.type);
    if (definition === undefined) throw new Failure('not-found', 'This type of resource is not served');
    const { base, bsn } = asked;
    return inTenant(this.dataSource, tenant, async (transaction) => {
      const key = bsnKey(tenant, bsn, this.keyring);
      const person = await findPerson(transaction, tenant, { by: 'bsn', bsnKey: key });
      if (person?.patientId === undefined)
        return { self: `${base}/${asked.type}`, total: 0, entries: [], ignored: [] };
      const form = formOf(asked, person.patientId);
      // What is not understood is not left out: a search that was offered would otherwise give more than was meant.
      const question = readHolderQuestion({ definition, base, query: {}, form, prefer: 'handling=strict' });
      const { self, next, ...searchset } = await searchFacts(
        transaction,
        tenant,
        question,
        person,
        question.categories,
      );
      const isUrl = URL.canParse(self);
      return {
        ...searchset,
        self: isUrl ? withoutPatientIn(self) : self,
        ...(next === undefined ? {} : { next: withoutPatientIn(next) }),
      };
    });
  }
}
