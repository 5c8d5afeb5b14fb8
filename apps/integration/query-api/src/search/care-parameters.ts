import { identifier, medicationCode, medicationStatus, type TypeParameters } from './parameter-line.js';

/** Parameters of what is done, planned, agreed and written about a patient: the rest of the BgZ, and its neighbours. */
export const careParameters: readonly TypeParameters[] = [
  {
    type: 'Encounter',
    parameters: [
      identifier,
      ['class', 'token', 'Encounter-class', 'class'],
      ['date', 'date', 'clinical-date', 'period'],
      ['status', 'token', 'Encounter-status', 'status'],
      ['type', 'token', 'clinical-type', 'type'],
    ],
    includes: { participant: ['participant.individual'], 'service-provider': ['serviceProvider'] },
  },
  {
    type: 'Procedure',
    parameters: [
      identifier,
      ['category', 'token', 'Procedure-category', 'category'],
      ['code', 'token', 'clinical-code', 'code'],
      ['date', 'date', 'clinical-date', 'performedDateTime', 'performedPeriod'],
      ['status', 'token', 'Procedure-status', 'status'],
    ],
    includes: { 'based-on': ['basedOn'], performer: ['performer.actor'] },
  },
  {
    type: 'Immunization',
    patient: ['patient'],
    parameters: [
      identifier,
      ['date', 'date', 'clinical-date', 'occurrenceDateTime'],
      ['status', 'token', 'Immunization-status', 'status'],
      ['vaccine-code', 'token', 'Immunization-vaccine-code', 'vaccineCode'],
    ],
    includes: { performer: ['performer.actor'] },
  },
  {
    type: 'Coverage',
    patient: ['patient', 'beneficiary'],
    parameters: [
      ['status', 'token', 'Coverage-status', 'status'],
      ['type', 'token', 'Coverage-type', 'type'],
    ],
    includes: { payor: ['payor'] },
  },
  {
    type: 'Consent',
    patient: ['patient'],
    parameters: [
      ['category', 'token', 'Consent-category', 'category'],
      ['status', 'token', 'Consent-status', 'status'],
    ],
  },
  {
    type: 'NutritionOrder',
    patient: ['patient'],
    parameters: [['status', 'token', 'NutritionOrder-status', 'status']],
  },
  {
    type: 'Flag',
    parameters: [
      ['category', 'token', 'own:Flag-category', 'category'],
      ['date', 'date', 'clinical-date', 'period'],
      ['status', 'token', 'own:Flag-status', 'status'],
    ],
  },
  {
    type: 'DeviceUseStatement',
    parameters: [['status', 'token', 'own:DeviceUseStatement-status', 'status']],
    includes: { device: ['device'] },
  },
  {
    type: 'ServiceRequest',
    parameters: [
      ['category', 'token', 'ServiceRequest-category', 'category'],
      ['code', 'token', 'clinical-code', 'code'],
      ['status', 'token', 'ServiceRequest-status', 'status'],
    ],
  },
  {
    type: 'DeviceRequest',
    parameters: [['status', 'token', 'DeviceRequest-status', 'status']],
  },
  {
    type: 'ImmunizationRecommendation',
    patient: ['patient'],
    parameters: [['date', 'date', 'ImmunizationRecommendation-date', 'date']],
  },
  {
    type: 'Appointment',
    patient: ['patient'],
    parameters: [
      ['date', 'date', 'Appointment-date', 'start'],
      ['status', 'token', 'Appointment-status', 'status'],
    ],
  },
  {
    type: 'CarePlan',
    parameters: [
      identifier,
      ['category', 'token', 'CarePlan-category', 'category'],
      ['date', 'date', 'clinical-date', 'period'],
      ['status', 'token', 'CarePlan-status', 'status'],
    ],
    includes: { 'care-team': ['careTeam'], goal: ['goal'] },
  },
  {
    type: 'Composition',
    parameters: [
      identifier,
      ['date', 'date', 'clinical-date', 'date'],
      ['status', 'token', 'Composition-status', 'status'],
      ['title', 'string', 'Composition-title', 'title'],
      ['type', 'token', 'clinical-type', 'type'],
    ],
    includes: { author: ['author'] },
  },
  {
    type: 'DiagnosticReport',
    parameters: [
      identifier,
      ['category', 'token', 'DiagnosticReport-category', 'category'],
      ['code', 'token', 'clinical-code', 'code'],
      ['date', 'date', 'clinical-date', 'effectiveDateTime', 'effectivePeriod'],
      ['issued', 'date', 'DiagnosticReport-issued', 'issued'],
      ['status', 'token', 'DiagnosticReport-status', 'status'],
    ],
    includes: { performer: ['performer'], result: ['result'], specimen: ['specimen'] },
  },
  {
    type: 'DocumentReference',
    parameters: [
      identifier,
      ['category', 'token', 'DocumentReference-category', 'category'],
      ['contenttype', 'token', 'DocumentReference-contenttype', 'content.attachment.contentType'],
      ['date', 'date', 'DocumentReference-date', 'date'],
      ['description', 'string', 'DocumentReference-description', 'description'],
      ['period', 'date', 'DocumentReference-period', 'context.period'],
      ['status', 'token', 'DocumentReference-status', 'status'],
      ['type', 'token', 'clinical-type', 'type'],
    ],
    includes: { author: ['author'], custodian: ['custodian'], encounter: ['context.encounter'] },
  },
  {
    type: 'EpisodeOfCare',
    patient: ['patient'],
    parameters: [
      identifier,
      ['date', 'date', 'clinical-date', 'period'],
      ['status', 'token', 'EpisodeOfCare-status', 'status'],
      ['type', 'token', 'clinical-type', 'type'],
    ],
    includes: { condition: ['diagnosis.condition'] },
  },
  {
    type: 'Goal',
    parameters: [
      identifier,
      ['category', 'token', 'Goal-category', 'category'],
      ['lifecycle-status', 'token', 'Goal-lifecycle-status', 'lifecycleStatus'],
      ['start-date', 'date', 'Goal-start-date', 'startDate'],
    ],
  },
  {
    type: 'MedicationAdministration',
    parameters: [
      identifier,
      medicationCode,
      medicationStatus,
      [
        'effective-time',
        'date',
        'MedicationAdministration-effective-time',
        'effectiveDateTime',
        'effectivePeriod',
      ],
    ],
    includes: { medication: ['medicationReference'], performer: ['performer.actor'] },
  },
  {
    type: 'RelatedPerson',
    patient: ['patient'],
    parameters: [
      ['active', 'token', 'RelatedPerson-active', 'active'],
      ['relationship', 'token', 'RelatedPerson-relationship', 'relationship'],
    ],
  },
  {
    type: 'CareTeam',
    parameters: [
      ['category', 'token', 'CareTeam-category', 'category'],
      ['status', 'token', 'CareTeam-status', 'status'],
    ],
    includes: { participant: ['participant.member'] },
  },
];
