import { Injectable } from '@nestjs/common';
import type { DataCategory, NewEvent, Ura } from '@samenhang/data-model';
import { PatientHandles } from './patient-handles.js';

/** A row that came or went. */
export interface ChangedRow {
  readonly pseudonymHash: Buffer;
  readonly custodian: Ura;
  readonly category: DataCategory;
  readonly source: string;
}

type ChangeType = 'localisation.registered' | 'localisation.withdrawn';

/** Tells subscribers of rows that really came or went, so that what they keep of an answer does not outlive it. */
@Injectable()
export class LocalisationChanges {
  constructor(private readonly handles: PatientHandles) {}

  toEvents(type: ChangeType, rows: readonly ChangedRow[]): NewEvent<ChangeType>[] {
    return rows.map(({ pseudonymHash, custodian, category, source }) => {
      const patientHandle = this.handles.of(pseudonymHash);
      return {
        type,
        key: patientHandle,
        tenant: custodian,
        payload: { patientHandle, custodian, category, sourceId: source },
      };
    });
  }
}
