import { Inject, Injectable } from '@nestjs/common';
import { recordAccess, type AccessActivity } from '@samenhang/audit';
import { identifierSystems } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog } from '@samenhang/event-log';
import { findOwnPatient, type PatientBinding, type VerifiedIdentity } from '@samenhang/identity';
import { findBsn, type Bsn } from '@samenhang/patient-identity';
import { statementByStatement } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';

export const PATIENT_BINDING = Symbol('consent-register.patient-binding');

/** Who decides for themselves: the token says who that is, a request cannot name another. */
@Injectable()
export class OwnPatient {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(PATIENT_BINDING) private readonly binding: () => Pick<PatientBinding, 'open'>,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  /** @throws Failure('forbidden'), on record, when the token is not of a citizen who asks for their own */
  async of(identity: VerifiedIdentity, activity: AccessActivity): Promise<Bsn> {
    const own = findOwnPatient(identity, this.binding);
    const patient = own?.system === identifierSystems.bsn ? findBsn(own.value) : undefined;
    if (patient !== undefined) return patient;
    await recordAccess(this.eventLog, statementByStatement(this.dataSource), {
      activity,
      outcome: 'denied',
      who: identity,
      detail: { resourceTypes: ['Consent'] },
      observer: 'consent-register',
    });
    throw new Failure('forbidden', 'Choices are for the citizen whose they are');
  }
}
