import { addressBookService } from '@samenhang/address-book';
import { auditService } from '@samenhang/audit-service';
import { authorisationServerService } from '@samenhang/authorisation-server';
import { consentRegisterService } from '@samenhang/consent-register';
import { deziEmulatorService } from '@samenhang/dezi';
import { guardedFhirSourceService } from '@samenhang/fhir-source';
import { ingestService } from '@samenhang/ingest';
import { normaliseService } from '@samenhang/normalise';
import { pseudonymisationService } from '@samenhang/pseudonymisation';
import { queryApiService } from '@samenhang/query-api';
import { recordService } from '@samenhang/record';
import { referenceIndexService } from '@samenhang/reference-index';
import { registrarService } from '@samenhang/registrar';
import { secondaryUseApiService } from '@samenhang/secondary-use-api';
import type { ServiceDefinition } from '@samenhang/service-kit';
import { transferService } from '@samenhang/transfer';

/** Every service of the platform and the folder of its project, in the order in which they start. */
export const serviceFolders: ReadonlyMap<ServiceDefinition, string> = new Map([
  [authorisationServerService, 'apps/trust/authorisation-server'],
  [auditService, 'apps/trust/audit'],
  [deziEmulatorService, 'apps/emulators/dezi'],
  [consentRegisterService, 'apps/national/consent-register'],
  [pseudonymisationService, 'apps/national/pseudonymisation'],
  [referenceIndexService, 'apps/national/reference-index'],
  [addressBookService, 'apps/national/address-book'],
  [recordService, 'apps/provider/record'],
  [normaliseService, 'apps/provider/normalise'],
  [registrarService, 'apps/provider/registrar'],
  [transferService, 'apps/provider/transfer'],
  [ingestService, 'apps/provider/ingest'],
  [queryApiService, 'apps/integration/query-api'],
  [secondaryUseApiService, 'apps/integration/secondary-use-api'],
]);

export const services: readonly ServiceDefinition[] = [...serviceFolders.keys()];

/** Who has a role and a schema in the database; the nursing home of the demonstration keeps its outbox there. */
export const servicesWithDatabase: readonly ServiceDefinition[] = [
  ...services,
  guardedFhirSourceService,
].filter((service) => service.database !== undefined);
