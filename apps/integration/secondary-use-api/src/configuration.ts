import { tenantsForm } from '@samenhang/data-model';
import { IsEmail, IsInt, IsString, Matches, Max, Min } from 'class-validator';

/** Settings of the secondary-use API; each is read from the environment variable of the same name in capitals. */
export class SecondaryUseConfiguration {
  /** Folder of outputs that are made, checked and released; one for all instances. Beside the directory of secrets when empty. */
  @IsString() airlockDirectory = '';
  /** The organisation that receives the pseudonyms of all projects, as the pseudonymisation service knows it. */
  @Matches(/^(oin|ura):\w+$/) recipientOrganisation = 'oin:00000099000000002000';
  /** Issuer of its answers; its address when empty. */
  @IsString() pseudonymisationIssuer = '';
  /** Whose data the catalogue describes, as `TENANTS` of the record: `22222222:V4,…`. */
  @Matches(tenantsForm) catalogueCustodians = '';
  /** Id of the permit, of kind `counts`, under which the catalogue learns how much there is; it tells nothing of that without one. */
  @Matches(/^([\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})?$/) cataloguePermit = '';
  /** How long it says the same before it asks again. */
  @IsInt() @Min(1) @Max(8_760) catalogueHours = 24;
  /** Who gives permits, for the catalogue. */
  @IsString() accessBodyName = 'Health data access body';
  /** Its address for questions. */
  @IsEmail() accessBodyContact = 'access@samenhang.example';
  /** Time each holder gets for a view. */
  @IsInt() @Min(100) @Max(3_600_000) holderDeadlineMs = 150_000;
  /** Holders that are asked at the same time. */
  @IsInt() @Min(1) @Max(100) holderConcurrency = 8;
  /** Rows of one output. */
  @IsInt() @Min(1) outputMaximumRows = 1_000_000;
  /** How often work that runs looks whether its permit still holds, beside being told by this instance. */
  @IsInt() @Min(100) @Max(60_000) permitWatchMs = 2_000;
}
