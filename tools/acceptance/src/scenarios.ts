import type { Scenario } from './scenario.js';
import { locateAndMerge } from './scenarios/01-locate-and-merge.js';
import { consentDenied } from './scenarios/02-consent-denied.js';
import { optOutRegime } from './scenarios/03-opt-out-regime.js';
import { consentServiceDown } from './scenarios/04-consent-service-down.js';
import { emergencyAccess } from './scenarios/05-emergency-access.js';
import { noTreatmentRelation } from './scenarios/06-no-treatment-relation.js';
import { withdrawnRegistration } from './scenarios/07-withdrawn-registration.js';
import { unknownRole } from './scenarios/08-unknown-role.js';
import { citizen } from './scenarios/09-citizen.js';
import { notifiedPull } from './scenarios/10-notified-pull.js';
import { nursingHandover } from './scenarios/11-nursing-handover.js';
import { mandate } from './scenarios/12-mandate.js';
import { revokedStatement } from './scenarios/13-revoked-statement.js';
import { subscriberMismatch } from './scenarios/14-subscriber-mismatch.js';
import { proofOfPossession } from './scenarios/15-proof-of-possession.js';
import { endpointCutover } from './scenarios/16-endpoint-cutover.js';
import { spoofedDirectory } from './scenarios/17-spoofed-directory.js';
import { sync } from './scenarios/18-sync.js';
import { pseudonyms } from './scenarios/19-pseudonyms.js';
import { partialResult } from './scenarios/20-partial-result.js';
import { merge } from './scenarios/21-merge.js';
import { consentNotification } from './scenarios/22-consent-notification.js';
import { noCitizenNumberLeaks } from './scenarios/23-no-citizen-number-leaks.js';
import { localConsent } from './scenarios/24-local-consent.js';
import { wideningAttempts } from './scenarios/25-widening-attempts.js';
import { secondaryUse } from './scenarios/26-secondary-use.js';
import { accessLog } from './scenarios/27-access-log.js';
import { providerStops } from './scenarios/28-provider-stops.js';
import { ingest } from './scenarios/29-ingest.js';
import { wrongCertificate } from './scenarios/30-wrong-certificate.js';
import { auditStoreDown } from './scenarios/31-audit-store-down.js';
import { tenantIsolation } from './scenarios/32-tenant-isolation.js';
import { reRegistration } from './scenarios/33-re-registration.js';
import { emptyLocalisation } from './scenarios/34-empty-localisation.js';
import { ownServer } from './scenarios/35-own-server.js';

/** All acceptance scenarios, in the order of their numbers. */
export const scenarios: readonly Scenario[] = [
  locateAndMerge,
  consentDenied,
  optOutRegime,
  consentServiceDown,
  emergencyAccess,
  noTreatmentRelation,
  withdrawnRegistration,
  unknownRole,
  citizen,
  notifiedPull,
  nursingHandover,
  mandate,
  revokedStatement,
  subscriberMismatch,
  proofOfPossession,
  endpointCutover,
  spoofedDirectory,
  sync,
  pseudonyms,
  partialResult,
  merge,
  consentNotification,
  noCitizenNumberLeaks,
  localConsent,
  wideningAttempts,
  secondaryUse,
  accessLog,
  providerStops,
  ingest,
  wrongCertificate,
  auditStoreDown,
  tenantIsolation,
  reRegistration,
  emptyLocalisation,
  ownServer,
];
