import { randomUUID } from 'node:crypto';
import { recordAccess } from '@samenhang/audit';
import { findUra } from '@samenhang/data-model';
import type { EventLog } from '@samenhang/event-log';
import type { EmergencyAccess } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import type { DataSource } from 'typeorm';

/** Who declares an emergency, and why. */
export interface EmergencyDeclaration {
  readonly clientId: string;
  readonly organisation: string;
  readonly facilityType: string | undefined;
  readonly professional: { readonly id: string; readonly roleCode: string };
  readonly purposeOfUse: string;
  readonly reason: string;
}

/**
 * Declarations of emergency access. The reason goes into the audit trail of the organisation that declares, and nowhere
 * else: the token carries a number that leads there. What cannot be recorded is not declared.
 */
export class EmergencyRegister {
  constructor(
    private readonly dataSource: DataSource,
    private readonly eventLog: EventLog,
    private readonly minutes: number,
  ) {}

  async declare(declaration: EmergencyDeclaration): Promise<EmergencyAccess> {
    const emergency = { id: randomUUID(), until: Math.floor(Date.now() / 1000) + this.minutes * 60 };
    const { clientId, organisation, facilityType, professional, purposeOfUse, reason } = declaration;
    const ura = findUra(organisation);
    await inTransaction(this.dataSource, (transaction) =>
      recordAccess(this.eventLog, transaction, {
        activity: 'emergency-declaration',
        outcome: 'success',
        who: {
          clientId,
          scopes: new Set(),
          professional,
          purposeOfUse,
          emergency,
          // No token yet: the declaration is what the audit trail refers to.
          tokenId: emergency.id,
          accessToken: '',
          ...(ura === undefined
            ? {}
            : { organisation: { ura, ...(facilityType === undefined ? {} : { facilityType }) } }),
        },
        ...(ura === undefined ? {} : { custodian: ura }),
        detail: { emergencyReason: reason },
        observer: 'authorisation-server',
      }),
    );
    return emergency;
  }
}
