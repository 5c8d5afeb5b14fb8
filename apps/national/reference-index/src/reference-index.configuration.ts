import { IsBoolean, IsInt, IsString, Matches, Max, Min } from 'class-validator';
import { referenceIndexRecipient } from '@samenhang/oprf';

export class ReferenceIndexConfiguration {
  /**
   * How this index is called as a recipient of pseudonyms. Pinned for the life of the index: another spelling makes
   * other pseudonyms, and what was registered is found no more.
   */
  @Matches(/^(oin:\d{20}|ura:\d{8})$/) recipientOrganisation = referenceIndexRecipient.organisation;
  @Matches(/^[a-z][a-z0-9-]{0,63}$/) recipientScope = referenceIndexRecipient.scope;
  /** `iss` of the evaluations; the address of the pseudonymisation service when empty. */
  @IsString() pseudonymisationIssuer = '';
  /**
   * Also accepts the unsigned evaluations of the present national service, which anyone can mint who knows the public
   * key of this index. Only for interoperability tests.
   */
  @IsBoolean() acceptUnsignedEvaluations = false;
  /** How often registrations that slipped through a change of key version are moved. */
  @IsInt() @Min(1) @Max(3_600) rekeyingSweepSeconds = 60;
  /**
   * How long after a new key version is first seen the end of the older ones is reported at the earliest, and how often is
   * looked: longer than any evaluation lives (`BULK_LIFETIME_SECONDS` of pseudonymisation).
   */
  @IsInt() @Min(1) @Max(604_800) rekeyingReleaseSeconds = 7_200;
  /** Largest number of changes in one transaction Bundle or batch. */
  @IsInt() @Min(1) @Max(10_000) bundleSize = 1_000;
}
