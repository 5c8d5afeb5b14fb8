/** Canonical names of the national localisation guide. */
const guide = 'http://minvws.github.io/generiekefuncties-docs';

export const listProfile = `${guide}/StructureDefinition/nl-gf-localization-list`;
export const custodianExtension = `${guide}/StructureDefinition/nl-gf-localization-custodian`;
/** System of `List.source.identifier`: the OAuth client that manages the source. */
export const sourceSystem = `${guide}/NamingSystem/oauth-client-id`;
/** How the present national service spells it. */
export const legacySourceSystem = 'urn:ietf:rfc:3986';
export const emptyReasonSystem = 'http://terminology.hl7.org/CodeSystem/list-empty-reason';
/** Of what a person is called in events about localisation; ours, the guide has none. */
export const patientHandleSystem = 'https://samenhang.example/fhir/NamingSystem/patient-handle';
