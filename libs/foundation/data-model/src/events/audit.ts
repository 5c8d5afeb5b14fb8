import type { FhirResource } from './record.js';

/** An access or other auditable act took place. `auditEvent` is a FHIR R4 AuditEvent (IHE BALP, NEN 7513). */
export interface AuditRecorded {
  readonly recordedAt: string;
  readonly auditEvent: FhirResource;
}
