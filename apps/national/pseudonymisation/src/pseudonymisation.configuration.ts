import { IsInt, IsString, Max, Min } from 'class-validator';

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
  /** Where the keys' envelopes are; `oprf-keys` in the directory of secrets when empty. */
  @IsString() keyStoreDirectory = '';
  /** Points in one batch. */
  @IsInt() @Min(1) @Max(10_000) batchSize = 1_000;
}
