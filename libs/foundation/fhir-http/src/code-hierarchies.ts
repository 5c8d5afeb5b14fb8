/** Code systems whose codes say by their first letters what they are a kind of: ATC, ICD-10 and ICPC. */
export const hierarchicalSystems: ReadonlySet<string> = new Set([
  'http://www.whocc.no/atc',
  'http://hl7.org/fhir/sid/icd-10',
  'http://hl7.org/fhir/sid/icd-10-nl',
  'http://hl7.org/fhir/sid/icpc-1-nl',
  'urn:oid:2.16.840.1.113883.2.4.4.31.1',
  'urn:oid:2.16.840.1.113883.6.73',
]);
