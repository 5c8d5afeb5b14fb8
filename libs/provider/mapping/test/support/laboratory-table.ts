/** What a hospital declares of the table that its laboratory exports. */
export const laboratoryTable = {
  patient: {
    identifiers: [{ column: 'bsn', system: 'http://fhir.nl/fhir/NamingSystem/bsn' }, { column: 'patnr' }],
  },
  codes: {
    geslacht: { M: 'male', V: 'female' },
    bepalingen: { KAL: { system: 'http://loinc.org', code: '2823-3' } },
  },
  resources: [
    {
      resourceType: 'Patient',
      elements: {
        'name[0].family': { column: 'naam' },
        gender: { column: 'geslacht', as: 'code', codes: 'geslacht' },
        birthDate: { column: 'geboren', as: 'date', formats: ['dd-MM-yyyy', 'yyyy'] },
      },
    },
    {
      resourceType: 'Observation',
      key: ['monster', 'bepaling'],
      when: [{ column: 'uitslag', filled: true }],
      elements: {
        status: { constant: 'final' },
        'category[0].coding[0].system': {
          constant: 'http://terminology.hl7.org/CodeSystem/observation-category',
        },
        'category[0].coding[0].code': { constant: 'laboratory' },
        code: { column: 'bepaling', as: 'concept', codes: 'bepalingen', displayColumn: 'omschrijving' },
        effectiveDateTime: { column: 'tijd', as: 'dateTime', formats: ['dd-MM-yyyy HH:mm'] },
        valueQuantity: { column: 'uitslag', as: 'quantity', decimalMark: ',', unitColumn: 'eenheid' },
        'note[0].text': { constant: 'nuchter', when: [{ column: 'nuchter', in: ['J'] }] },
      },
    },
  ],
};
