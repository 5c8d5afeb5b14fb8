import { IsString, Matches } from 'class-validator';

/** Settings of a stand-in for a care provider's own FHIR server. */
export class FhirSourceConfiguration {
  /** `FHIR_SOURCE_FILE`: NDJSON with the resources it holds from the start. */
  @IsString() fhirSourceFile = '';
  /** `CUSTODIAN_URA`: the care provider whose server it is; needed when it guards its data. */
  @Matches(/^(?:\d{8})?$/) custodianUra = '';
  /** `CUSTODIAN_FACILITY_TYPE`: RoleCodeNL type of that care provider. */
  @IsString() custodianFacilityType = '';
  /** `REGISTRATION_SOURCE_ID`: what the reference index knows this server by. */
  @IsString() registrationSourceId = 'fhir-source';
}
