import { regimesForm } from '@samenhang/consent';
import { IsBoolean, IsInt, IsString, Matches, Max, Min } from 'class-validator';

/** Settings of the query API; each is read from the environment variable of the same name in capitals. */
export class QueryApiConfiguration {
  /** Time each source gets, from token to last page. */
  @IsInt()
  @Min(50)
  @Max(60_000)
  sourceDeadlineMs = 5_000;

  /** Time a whole view gets; sources that have not answered by then are told as too late. */
  @IsInt()
  @Min(50)
  @Max(120_000)
  viewBudgetMs = 10_000;

  /** Time each answer of the national services gets: pseudonymisation, reference index, address book. */
  @IsInt()
  @Min(50)
  @Max(60_000)
  lookupTimeoutMs = 5_000;

  /** Sources of one view that are asked at the same time. */
  @IsInt()
  @Min(1)
  @Max(200)
  sourceConcurrency = 40;

  /** Searches that run at the same time at one source: a view must not burden a provider's system. */
  @IsInt()
  @Min(1)
  @Max(20)
  searchesPerSource = 4;

  /** Bytes one source may deliver for one view. */
  @IsInt()
  @Min(1_000)
  sourceMaximumBytes = 20 * 1024 * 1024;

  /** How long an answer of the reference index may serve the same asker again; 0 for never. */
  @IsInt()
  @Min(0)
  @Max(300)
  localisationCacheSeconds = 30;

  /** Answers of the reference index that are kept at most. */
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  localisationCacheEntries = 10_000;

  /** How far the events of the reference index may be behind before nothing that is kept is used. */
  @IsInt()
  @Min(2)
  @Max(60)
  localisationLagSeconds = 5;

  /** Views that are made at the same time; beyond that a caller is told to come back. */
  @IsInt()
  @Min(1)
  @Max(10_000)
  maximumViews = 200;

  /** How long what sources said is kept, so that those that were missing can be asked again. */
  @IsInt()
  @Min(1)
  @Max(600)
  retrySeconds = 60;

  /** How long the pages of a search are kept for the one who asked. */
  @IsInt()
  @Min(10)
  @Max(3_600)
  pageSeconds = 300;

  /** Bytes of pages that are kept at most, of all askers together; in memory only. */
  @IsInt()
  @Min(1_000_000)
  pageMaximumBytes = 128 * 1024 * 1024;

  /** Whether a caller learns which custodian refused. Consent refused says that there is something to refuse. */
  @IsBoolean()
  revealRefusedSources = false;

  /** Servers that subscribers may have told (names, `*.domain`, addresses, networks); none: public ones over https. */
  @IsString()
  subscriberServers = '';

  /** Days after which a subscription ends at the latest. */
  @IsInt()
  @Min(1)
  @Max(366)
  subscriptionMaximumDays = 90;

  /** Subscriptions that one subscriber may have at a time. */
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  maximumSubscriptions = 5_000;

  /** Base URL of Mitz, asked over mutual TLS with the secret `mitz`; without it the consent register of this installation is. */
  @Matches(/^(https:\/\/\S+)?$/)
  mitzUrl = '';

  /** What silence of the consent register means, by purpose and first day: `TREAT:2029-03-26:opt-out`. */
  @Matches(regimesForm)
  consentRegimes = '';
}
