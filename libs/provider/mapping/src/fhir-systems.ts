import { canonicalBase } from '@samenhang/data-model';

const terminology = 'http://terminology.hl7.org/CodeSystem';

/** Code systems the profiles speak, exact spelling. */
export const codeSystems = {
  snomed: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  ucum: 'http://unitsofmeasure.org',
  atc: 'http://www.whocc.no/atc',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  icd10: 'http://hl7.org/fhir/sid/icd-10',
  icd10nl: 'http://hl7.org/fhir/sid/icd-10-nl',
  language: 'urn:oid:1.0.639.1',
  bcp47: 'urn:ietf:bcp:47',
  country: 'urn:iso:std:iso:3166',
  contactRole: 'urn:oid:2.16.840.1.113883.2.4.3.11.22.472',
  painMethod: 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.9.1',
  uzovi: 'http://fhir.nl/fhir/NamingSystem/uzovi',
  nullFlavor: `${terminology}/v3-NullFlavor`,
  roleCode: `${terminology}/v3-RoleCode`,
  maritalStatus: `${terminology}/v3-MaritalStatus`,
  administrativeGender: `${terminology}/v3-AdministrativeGender`,
  actCode: `${terminology}/v3-ActCode`,
  addressUse: `${terminology}/v3-AddressUse`,
  interpretation: `${terminology}/v3-ObservationInterpretation`,
  participationType: `${terminology}/v3-ParticipationType`,
  observationCategory: `${terminology}/observation-category`,
  conditionClinical: `${terminology}/condition-clinical`,
  conditionVerification: `${terminology}/condition-ver-status`,
  conditionCategory: `${terminology}/condition-category`,
  allergyClinical: `${terminology}/allergyintolerance-clinical`,
  allergyVerification: `${terminology}/allergyintolerance-verification`,
  dataAbsentReason: `${terminology}/data-absent-reason`,
  consentScope: `${terminology}/consentscope`,
  consentCategory: `${terminology}/consentcategorycodes`,
  selfPay: `${terminology}/coverage-selfpay`,
  recommendationStatus: `${terminology}/immunization-recommendation-status`,
  participantType: `${terminology}/provenance-participant-type`,
  /** Why a resource claims no profile of the Dutch field. */
  baseReason: `${canonicalBase}/CodeSystem/base-reason`,
} as const;

/** Code system of an HL7 v2 table, for codes that keep their original coding. */
export function hl7TableSystem(table: string): string {
  return `${terminology}/v2-${table}`;
}

const core = 'http://hl7.org/fhir/StructureDefinition';
export const nictiz = 'http://nictiz.nl/fhir/StructureDefinition';

export const extensionUrls = {
  codeSpecification: `${nictiz}/ext-CodeSpecification`,
  addressType: `${nictiz}/ext-AddressInformation.AddressType`,
  periodOfUse: `${nictiz}/ext-TimeInterval.Period`,
  enQualifier: `${core}/iso21090-EN-qualifier`,
  ownPrefix: `${core}/humanname-own-prefix`,
  ownName: `${core}/humanname-own-name`,
  partnerPrefix: `${core}/humanname-partner-prefix`,
  partnerName: `${core}/humanname-partner-name`,
  assemblyOrder: `${core}/humanname-assembly-order`,
  streetName: `${core}/iso21090-ADXP-streetName`,
  houseNumber: `${core}/iso21090-ADXP-houseNumber`,
  buildingNumberSuffix: `${core}/iso21090-ADXP-buildingNumberSuffix`,
  additionalLocator: `${core}/iso21090-ADXP-additionalLocator`,
  unitId: `${core}/iso21090-ADXP-unitID`,
  flagDetail: `${core}/flag-detail`,
  nationality: `${core}/patient-nationality`,
  mothersMaidenName: `${core}/patient-mothersMaidenName`,
  birthTime: `${core}/patient-birthTime`,
  assertedDate: `${core}/condition-assertedDate`,
} as const;
