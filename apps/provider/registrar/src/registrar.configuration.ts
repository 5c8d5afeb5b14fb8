import { tenantsForm } from '@samenhang/data-model';
import { referenceIndexRecipient } from '@samenhang/oprf';
import { IsBoolean, IsInt, IsNotEmpty, Matches, Max, Min } from 'class-validator';

export class RegistrarConfiguration {
  /** Care providers of this node with their type, as the record has them: whose patients' objections concern it. */
  @Matches(tenantsForm) tenants = '';
  /** Hear of consents by subscriptions at the consent register, as Mitz has them, instead of by its events. */
  @IsBoolean() consentSubscriptions = false;
  /** Base URL of Mitz; empty: the consent register of this installation. */
  @Matches(/^(?:https:\/\/[^\s?#]+)?$/) mitzUrl = '';
  /** How the reference index is called as a recipient of pseudonyms; must be what the index itself has. */
  @Matches(/^(oin:\d{20}|ura:\d{8})$/) recipientOrganisation = referenceIndexRecipient.organisation;
  @IsNotEmpty() recipientScope = referenceIndexRecipient.scope;
  /** `source` of the registrations: the record counts the facts of all sources of a custodian as one. */
  @Matches(/^[\w.:/-]{1,255}$/) registrationSource = 'samenhang-record';
  /** Requests to the index at the same time; each holds many patients of one care provider. */
  @IsInt() @Min(1) @Max(32) registrarConcurrency = 4;
  /** How often the worker looks for work when there was none. */
  @IsInt() @Min(10) @Max(60_000) registrarPollMilliseconds = 250;
  /** At which hour of the night (UTC) the registrations are compared with the index. */
  @IsInt() @Min(0) @Max(23) reconciliationHour = 3;
  /** A fixed period for the comparison instead of the night; 0 for the night. */
  @IsInt() @Min(0) @Max(604_800) reconciliationEverySeconds = 0;
  /** Patients of a care provider to register above which evaluations are asked for over the event log; 0 for never. */
  @IsInt() @Min(0) @Max(1_000_000) bulkEvaluationThreshold = 500;
  /** Patients in one request over the event log; at most the `BATCH_SIZE` of pseudonymisation. */
  @IsInt() @Min(1) @Max(10_000) bulkEvaluationSize = 250;
  /** Patients of one care provider asked about over the event log and not yet registered. */
  @IsInt() @Min(1) @Max(100_000) bulkEvaluationOutstanding = 5_000;
  /** After so long without an answer a request over the event log is given up. */
  @IsInt() @Min(1) @Max(86_400) bulkEvaluationTimeoutSeconds = 600;
  /** So long an answer is used; less than the `BULK_LIFETIME_SECONDS` of pseudonymisation. */
  @IsInt() @Min(1) @Max(86_400) bulkEvaluationUseSeconds = 3_000;
  /** The first pause after a refusal for a quota. */
  @IsInt() @Min(1) @Max(3_600) bulkEvaluationPauseSeconds = 60;
}
