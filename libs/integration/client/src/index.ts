export {
  attachmentsOf,
  findFileName,
  type Attachment,
  type DocumentFile,
  type FileName,
} from './attachments.js';
export type * from './patient-view.js';
export type { BoundAccessToken, TokenSource } from './tokens.js';
export { ProfessionalTokens, type ProfessionalTokensOptions } from './professional-tokens.js';
export { proofHeaders } from './proof.js';
export { readPatientView } from './read-view.js';
export {
  CitizenClient,
  type AccessLogPage,
  type CitizenClientOptions,
  type LogPeriod,
} from './citizen-client.js';
export { CitizenLogin, type CitizenErrand, type CitizenLoginOptions } from './citizen-login.js';
export { CitizenTokens } from './citizen-tokens.js';
export type { DataUse, OptOut, OwnChoice, OwnChoices, RecordedChoice } from './own-choices.js';
export type { Custodian, OwnRecord } from './own-record.js';
export { SamenhangClient, type SamenhangClientOptions, type ViewOptions } from './samenhang-client.js';
export type { Criteria, SearchPage } from './search.js';
export {
  readChangeNotification,
  type ChangeNotification,
  type PatientChange,
  type PatientSubscription,
  type SubscriptionWish,
} from './subscriptions.js';
export { viewSections, type ViewSection } from './view-sections.js';
export type { ViewEvent, ViewProgress } from './view-stream.js';
export { Failure as SamenhangFailure } from '@samenhang/errors';
