const terminology = 'http://terminology.hl7.org/CodeSystem';

/** Code systems by which facts are put in their sections. */
export const codeSystems = {
  snomed: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  ucum: 'http://unitsofmeasure.org',
  conditionClinical: `${terminology}/condition-clinical`,
  conditionVerification: `${terminology}/condition-ver-status`,
  allergyClinical: `${terminology}/allergyintolerance-clinical`,
  allergyVerification: `${terminology}/allergyintolerance-verification`,
  observationCategory: `${terminology}/observation-category`,
  consentCategory: `${terminology}/consentcategorycodes`,
} as const;
