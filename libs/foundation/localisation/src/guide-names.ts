const guide = 'http://minvws.github.io/generiekefuncties-docs';

/** Canonical names of the national localisation guide. */
export const custodianExtension = `${guide}/StructureDefinition/nl-gf-localization-custodian`;
export const sourceSystem = `${guide}/NamingSystem/oauth-client-id`;
/** What our index calls a person towards those who may hear of changes; other indexes have none. */
export const patientHandleSystem = 'https://samenhang.example/fhir/NamingSystem/patient-handle';
export const emptyReasonSystem = 'http://terminology.hl7.org/CodeSystem/list-empty-reason';
