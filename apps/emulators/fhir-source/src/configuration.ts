import { IsIn, IsInt, IsString, Matches, Min } from 'class-validator';

/** Settings of a stand-in for a care provider's own FHIR server. */
export class FhirSourceConfiguration {
  /** `FHIR_SOURCE_FILE`: NDJSON with the resources it holds from the start. */
  @IsString() fhirSourceFile = '';
  /** `FHIR_VERSION`: of these resources; `stu3` is served in the searches of BgZ 2017. */
  @IsIn(['r4', 'stu3']) fhirVersion: 'r4' | 'stu3' = 'r4';
  /** `CUSTODIAN_URA`: the care provider whose server it is; needed when it guards its data. */
  @Matches(/^(?:\d{8})?$/) custodianUra = '';
  /** `CUSTODIAN_FACILITY_TYPE`: RoleCodeNL type of that care provider. */
  @IsString() custodianFacilityType = '';
  /** `REGISTRATION_SOURCE_ID`: what the reference index knows this server by. */
  @IsString() registrationSourceId = 'fhir-source';
  /** `SMART_CLIENT_FILE`: `{ "clientId", "jwks" }` of the one client that may read the open server; empty: anyone may. */
  @IsString() smartClientFile = '';
  /** `EXPORT_DURATION_SECONDS`: how long an export is in the making. */
  @IsInt() @Min(0) exportDurationSeconds = 1;
  /** `EXPORT_LIFETIME_SECONDS`: how long its files are kept. */
  @IsInt() @Min(1) exportLifetimeSeconds = 3600;
}
