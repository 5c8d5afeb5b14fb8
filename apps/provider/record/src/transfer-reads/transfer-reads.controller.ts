import { Body, Controller, Header, HttpCode, Post } from '@nestjs/common';
import type { Tenant } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { fhirJson, writeSearchset, type Searchset } from '@samenhang/fhir-http';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { PatientKeyring } from '@samenhang/patient-identity';
import { DataSource } from 'typeorm';
import { ConsentStore } from '../consents/consent-store.js';
import { findHolderDefinition } from '../holder-api/holder-definitions.js';
import { readHolderQuestion } from '../holder-api/holder-question.js';
import { grantOf, searchFacts } from '../holder-api/holder-search.js';
import { findPerson } from '../holder-api/person-table.js';
import { Tenants } from '../holder-api/tenants.js';
import { bsnKey } from '../patients/patient-labels.js';
import { inTenant } from '../storage/tenant-fence.js';
import { weighTransfer } from './implied-consent.js';
import { formOf, readTransferRead, withoutPatientIn, type TransferRead } from './transfer-read.js';

/**
 * For the transfer service of the same care provider: it has decided that a receiver may have this, by what was offered
 * to it, and it records who got what. No role is asked: this scope is that service's alone. Consents that the holder keeps
 * are weighed with the offer.
 */
@Controller('transfer-reads')
export class TransferReadsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keyring: PatientKeyring,
    private readonly tenants: Tenants,
    private readonly consents: ConsentStore,
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
    const found = await this.#search(this.tenants.get(organisation.ura), asked);
    if (asked.id === undefined) return [...writeSearchset(found)].join('');
    const fullUrl = `/${asked.type}/${asked.id}`;
    const one = found.entries.find((entry) => entry.mode === 'match' && entry.fullUrl.endsWith(fullUrl));
    if (one === undefined) throw new Failure('not-found', 'There is no such resource');
    return one.body;
  }

  async #search({ ura: tenant, facilityType }: Tenant, asked: TransferRead): Promise<Searchset> {
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
      const choices = await this.consents.choicesOf(transaction, tenant, bsn);
      const holder = { ura: tenant, facilityType };
      const consent = weighTransfer(holder, asked.receiver, question.categories, choices, new Date());
      if (question.ownCategories.length > 0 && grantOf(question, consent.categories) === undefined)
        throw new Failure('forbidden', 'The patient objects to this transfer');
      const found = await searchFacts(transaction, tenant, question, person, consent.categories);
      const { self, next, total, ...searchset } = found;
      const entries = searchset.entries.filter(
        ({ fullUrl }) => !consent.withheld.has(fullUrl.split('/').slice(-2).join('/')),
      );
      const isWhole = entries.length === searchset.entries.length;
      const isUrl = URL.canParse(self);
      return {
        ...searchset,
        entries,
        // A total would tell of what is kept back.
        ...(total === undefined || !isWhole ? {} : { total }),
        self: isUrl ? withoutPatientIn(self) : self,
        ...(next === undefined ? {} : { next: withoutPatientIn(next) }),
      };
    });
  }
}
