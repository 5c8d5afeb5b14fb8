import { IsInt, IsNumber, IsString, IsTimeZone, Matches, Max, Min } from 'class-validator';

/**
 * Quotas make enumeration of all persons slow: some 90 million BSNs pass the eleven-test, so that at one million a day
 * a care provider would need three months, alarmed from its first day.
 */
export class PseudonymisationConfiguration {
  /** Evaluations one organisation may ask for in a minute. */
  @IsInt() @Min(1) organisationQuotaPerMinute = 30_000;
  /** Evaluations one organisation may ask for in a day. */
  @IsInt() @Min(1) organisationQuotaPerDay = 1_000_000;
  /** Evaluations one OAuth client may ask for in a day, for all its organisations together. */
  @IsInt() @Min(1) clientQuotaPerDay = 10_000_000;
  /** Evaluations for one recipient in a minute, by all callers together. */
  @IsInt() @Min(1) recipientQuotaPerMinute = 300_000;
  /** How long a recipient may wait before it opens an evaluation. */
  @IsInt() @Min(30) @Max(3600) evaluationLifetimeSeconds = 300;
  /** The same for evaluations over the event log. */
  @IsInt() @Min(30) @Max(86_400) bulkLifetimeSeconds = 3_600;
  /** How recipients are spelled in this deployment: another prefix makes other pseudonyms. Pin one where only one is used. */
  @Matches(/^(oin|ura)(,(oin|ura))?$/) recipientPrefixes = 'oin,ura';
  /** Where the keys' envelopes are; `oprf-keys` in the directory of secrets when empty. */
  @IsString() keyStoreDirectory = '';
  /** Base URL of a hardware module that holds the keys instead of files; https only. */
  @IsString() hsmUrl = '';
  /** Where in the module. */
  @IsString() hsmModule = 'module';
  @IsString() hsmSlot = '1';
  /** Points in one batch. */
  @IsInt() @Min(1) @Max(10_000) batchSize = 1_000;
  /** Threads that evaluate batches; 0 evaluates them in the thread that serves. */
  @IsInt() @Min(0) @Max(64) evaluationThreads = 2;
  /** Time between two looks at what callers do; 0 would be never. */
  @IsInt() @Min(1) @Max(3600) anomalyWatchSeconds = 60;
  /** What is usual for a caller is taken from so many days. */
  @IsInt() @Min(1) @Max(365) anomalyHistoryDays = 28;
  /** So long a caller must be known before a recipient it never asked for raises an alarm. */
  @IsInt() @Min(0) anomalyLearningHours = 24;
  /** So many times what is usual for the caller raises an alarm. */
  @IsNumber() @Min(1) anomalyFactor = 5;
  /** Evaluations in a minute and in an hour below which nothing is out of the ordinary. */
  @IsInt() @Min(1) anomalyPointsPerMinute = 1_000;
  @IsInt() @Min(1) anomalyPointsPerHour = 10_000;
  /** The same for an hour of the night. */
  @IsInt() @Min(1) anomalyOffHoursPoints = 1_000;
  /** The night, in hours of `anomalyTimeZone`. */
  @Matches(/^([01]?\d|2[0-3])-([01]?\d|2[0-3])$/) anomalyOffHours = '23-6';
  @IsTimeZone() anomalyTimeZone = 'Europe/Amsterdam';
  /** Share of a caller's requests in an hour that were refused, of at least so many. */
  @IsNumber() @Min(0.01) @Max(1) anomalyRefusedShare = 0.1;
  @IsInt() @Min(1) anomalyRefusedRequests = 20;
}
