import type { Provider } from '@nestjs/common';
import { BulkEvaluations } from '@samenhang/localisation';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { RegistrarConfiguration } from '../registrar.configuration.js';

export const bulkEvaluationsProvider: Provider = {
  provide: BulkEvaluations,
  inject: [ServiceEnvironment, RegistrarConfiguration],
  useFactory: (environment: ServiceEnvironment, configuration: RegistrarConfiguration): BulkEvaluations =>
    new BulkEvaluations({
      clientId: environment.serviceName,
      clientKey: () => environment.secret<object>(`client-${environment.serviceName}`),
      pseudonymisationUrl: environment.serviceUrl('pseudonymisation'),
      recipient: { organisation: configuration.recipientOrganisation, scope: configuration.recipientScope },
      // What is given up here is not to be evaluated and counted there.
      lifetimeSeconds: configuration.bulkEvaluationTimeoutSeconds,
    }),
};
