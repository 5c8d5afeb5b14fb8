import { Module } from '@nestjs/common';
import { getUra } from '@samenhang/data-model';
import {
  AccessTokens,
  authorisedFetch,
  IdentityModule,
  PatientBinding,
  servicePolicies,
  type PatientBindingSecret,
} from '@samenhang/identity';
import { MitzClient } from '@samenhang/mitz';
import { LOGGER, ServiceEnvironment, STATUS_COUNTS, type StatusCounts } from '@samenhang/service-kit';
import { FhirSourceConfiguration } from '../configuration.js';
import { ResourceCollection } from '../resources/resource-collection.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { GuardedFhirController } from './guarded-fhir.controller.js';
import {
  CONSENT_REGISTER,
  CUSTODIAN,
  DECISION_POINT,
  HolderAccess,
  PATIENT_BINDING,
  type Custodian,
} from './holder-access.js';
import { Registration } from './registration.js';

@Module({
  imports: [IdentityModule, ResourcesModule],
  controllers: [GuardedFhirController],
  providers: [
    HolderAccess,
    Registration,
    { provide: DECISION_POINT, useFactory: servicePolicies, inject: [ServiceEnvironment, LOGGER] },
    {
      provide: PATIENT_BINDING,
      useFactory: (environment: ServiceEnvironment) => () =>
        new PatientBinding(environment.secret<PatientBindingSecret>('patient-binding')),
      inject: [ServiceEnvironment],
    },
    {
      provide: CUSTODIAN,
      useFactory: (configuration: FhirSourceConfiguration): Custodian => ({
        ura: getUra(configuration.custodianUra),
        facilityType: configuration.custodianFacilityType,
      }),
      inject: [FhirSourceConfiguration],
    },
    {
      provide: CONSENT_REGISTER,
      useFactory: (environment: ServiceEnvironment, tokens: AccessTokens) => {
        const baseUrl = environment.serviceUrl('consent-register');
        return new MitzClient({
          baseUrl,
          send: async (url, request, holder) => {
            const token = await tokens.clientCredentials({
              audience: baseUrl,
              scope: 'consent:ask',
              organisation: holder,
            });
            return authorisedFetch(token, url, request);
          },
        });
      },
      inject: [ServiceEnvironment, AccessTokens],
    },
    {
      provide: STATUS_COUNTS,
      useFactory:
        (resources: ResourceCollection, registration: Registration): StatusCounts =>
        () =>
          Promise.resolve({ resources: resources.size, pendingRegistrations: registration.pending }),
      inject: [ResourceCollection, Registration],
    },
  ],
})
export class GuardedFhirModule {}
