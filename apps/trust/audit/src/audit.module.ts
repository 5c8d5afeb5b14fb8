import { Module } from '@nestjs/common';
import { IdentityModule, PatientBinding, type PatientBindingSecret } from '@samenhang/identity';
import { ServiceEnvironment, STATUS_COUNTS, type StatusCounts } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { AccessLogController, PATIENT_BINDING } from './access-log/access-log.controller.js';
import { AuditTrail } from './chain/audit-trail.js';
import { ChainController } from './chain/chain.controller.js';
import { PatientKeys } from './patient-keys.js';
import { AuditEventController } from './search/audit-event.controller.js';

@Module({
  imports: [IdentityModule],
  controllers: [ChainController, AuditEventController, AccessLogController],
  providers: [
    AuditTrail,
    PatientKeys,
    {
      provide: PATIENT_BINDING,
      useFactory: (environment: ServiceEnvironment) => () =>
        new PatientBinding(environment.secret<PatientBindingSecret>('patient-binding')),
      inject: [ServiceEnvironment],
    },
    {
      provide: STATUS_COUNTS,
      useFactory:
        (dataSource: DataSource): StatusCounts =>
        async () => {
          // The chains are without gaps, so their lengths are the count.
          const [row] = (await dataSource.query(
            'SELECT coalesce(sum(sequence), 0)::bigint AS events FROM chain_head',
          )) as { events: number }[];
          return { auditEvents: row?.events ?? 0 };
        },
      inject: [DataSource],
    },
  ],
})
export class AuditModule {}
