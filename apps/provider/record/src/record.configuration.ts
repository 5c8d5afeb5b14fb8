import { tenantsForm } from '@samenhang/data-model';
import { regimesForm } from '@samenhang/consent';
import { IsInt, IsString, Matches, Max, Min } from 'class-validator';

export class RecordConfiguration {
  /**
   * Care providers whose data this node holds, each with its care-provider type, which the consent question needs:
   * `22222222:V4,11111111:Z3`. Only these are served.
   */
  @Matches(tenantsForm)
  tenants = '';
  /**
   * JSON file with the care providers of `TENANTS` whose data stays at their own FHIR server and is asked there each time
   * (docs/guides/connect-a-source.md); none when empty.
   */
  @IsString() directSourcesFile = '';
  /**
   * Servers that those may be: names, `*.domain`, addresses and networks, separated by commas. Only these are then called.
   * Empty: any server with a public address, over https.
   */
  @IsString() directServers = '';
  /** So long what a directly asked care provider registers of a patient is relied on before it is looked at again. */
  @IsInt() @Min(1) @Max(8_784) directRefreshHours = 24;
  /** Base URL of Mitz, asked over mutual TLS with the secret `mitz`; without it the consent register of this installation is. */
  @Matches(/^(https:\/\/\S+)?$/) mitzUrl = '';
  /** What silence means, by purpose and first day, beside the present law: `TREAT:2029-03-26:opt-out`. */
  @Matches(regimesForm) consentRegimes = '';

  /** Views for secondary use that run at the same time: care goes first. */
  @IsInt() @Min(0) @Max(20) secondaryUseConcurrency = 2;
  /** Rows that one view gives at most. */
  @IsInt() @Min(1) secondaryUseMaximumRows = 5_000_000;
  /** Resources in one file of an export. */
  @IsInt() @Min(1) @Max(100_000) secondaryUseFileResources = 5_000;
  /** So long an export relies on an answer that its permit holds: it ends within this of a withdrawal. */
  @IsInt() @Min(0) @Max(300) secondaryUsePermitSeconds = 30;
  /** So long a view works at most. */
  @IsInt() @Min(1) @Max(3_600) secondaryUseMaximumSeconds = 120;
}
