/** Languages in which a patient can read the log. */
export const languages = ['nl', 'en'] as const;
export type Language = (typeof languages)[number];

type Words = Readonly<Record<Language, string>>;
type Dictionary = Readonly<Record<string, Words>>;

const word = (nl: string, en: string): Words => ({ nl, en });

/** By type of care provider (RoleCodeNL). */
const facilityTypes: Dictionary = {
  A1: word('apotheek', 'pharmacy'),
  G5: word('instelling voor geestelijke gezondheidszorg', 'mental health institution'),
  H1: word('huisartsenpraktijk', 'general practice'),
  L1: word('laboratorium', 'laboratory'),
  V4: word('ziekenhuis', 'hospital'),
  X3: word('verpleeg- of verzorgingshuis', 'nursing or care home'),
  Z3: word('huisartsenpraktijk', 'general practice'),
};

/** By role code of the UZI register; a profession (`30`) stands for those of its specialisms that are not named. */
const roles: Dictionary = {
  '01': word('arts', 'physician'),
  '01.015': word('huisarts', 'general practitioner'),
  '02': word('tandarts', 'dentist'),
  '03': word('verloskundige', 'midwife'),
  '04': word('fysiotherapeut', 'physiotherapist'),
  '17': word('apotheker', 'pharmacist'),
  '30': word('verpleegkundige', 'nurse'),
  '81': word('physician assistant', 'physician assistant'),
  '83': word('apothekersassistent', "pharmacist's assistant"),
  '86': word('verzorgende', 'certified carer'),
};

/** By FHIR type of resource. */
const resourceTypes: Dictionary = {
  AllergyIntolerance: word('allergieën', 'allergies'),
  Appointment: word('geplande afspraken', 'appointments'),
  CarePlan: word('zorgplannen', 'care plans'),
  CareTeam: word('wie u behandelt', 'who treats you'),
  Composition: word('brieven en verslagen', 'letters and reports'),
  Condition: word('aandoeningen en klachten', 'conditions and complaints'),
  Consent: word('uw keuzes over uw zorg', 'your choices about your care'),
  Coverage: word('uw verzekering', 'your insurance'),
  DeviceRequest: word('aangevraagde hulpmiddelen', 'aids asked for'),
  DeviceUseStatement: word('hulpmiddelen', 'aids'),
  DiagnosticReport: word('uitslagen', 'reports'),
  DocumentManifest: word('documenten', 'documents'),
  DocumentReference: word('documenten', 'documents'),
  Encounter: word('afspraken en opnames', 'visits and admissions'),
  EpisodeOfCare: word('periodes van behandeling', 'periods of treatment'),
  Flag: word('waarschuwingen', 'alerts'),
  Goal: word('doelen van uw behandeling', 'goals of your treatment'),
  Immunization: word('vaccinaties', 'vaccinations'),
  ImmunizationRecommendation: word('aangeraden vaccinaties', 'recommended vaccinations'),
  MedicationAdministration: word('toegediende medicijnen', 'medicines given'),
  MedicationDispense: word('verstrekte medicijnen', 'medicines handed out'),
  MedicationRequest: word('voorgeschreven medicijnen', 'medicines prescribed'),
  MedicationStatement: word('gebruikte medicijnen', 'medicines used'),
  NutritionOrder: word('adviezen over voeding', 'advice on nutrition'),
  Observation: word('metingen en uitslagen', 'measurements and results'),
  Patient: word('naam, adres en andere persoonsgegevens', 'name, address and other personal data'),
  Procedure: word('behandelingen en operaties', 'treatments and operations'),
  RelatedPerson: word('uw contactpersonen', 'your contacts'),
  ServiceRequest: word('verwijzingen en aanvragen', 'referrals and requests'),
};

/** By subtype of the AuditEvent. */
const activities: Dictionary = {
  search: word('heeft gegevens opgevraagd', 'asked for data'),
  read: word('heeft gegevens bekeken', 'looked at data'),
  localise: word('heeft gevraagd waar gegevens over u zijn', 'asked where data about you is kept'),
  register: word('heeft gemeld dat er gegevens over u zijn', 'stated that there is data about you'),
  deregister: word(
    'heeft de melding dat er gegevens over u zijn ingetrokken',
    'withdrew the statement that there is data about you',
  ),
  ingest: word('heeft gegevens vastgelegd', 'recorded data'),
  'audit-read': word('heeft bekeken wie uw gegevens zag', 'looked at who saw your data'),
  'consent-question': word('heeft nagevraagd of u toestemming geeft', 'asked whether you consent'),
  'consent-change': word('heeft een keuze van u vastgelegd', 'recorded a choice of yours'),
  'emergency-declaration': word('heeft een noodgeval gemeld', 'declared an emergency'),
  '110113': word('veroorzaakte een beveiligingsmelding', 'caused a security alert'),
};

/** By purpose (HL7 v3 PurposeOfUse). */
const purposes: Dictionary = {
  TREAT: word('voor uw behandeling', 'for your treatment'),
  ETREAT: word('voor uw behandeling in een noodgeval', 'for your treatment in an emergency'),
  BTG: word('in een noodgeval', 'in an emergency'),
  PATRQT: word('op uw eigen verzoek', 'at your own request'),
  HRESCH: word('voor onderzoek', 'for research'),
};

/** By code of a reason, for what was refused; what is not listed is told in general. */
const refusals: Dictionary = {
  consent_deny: word('u hebt bezwaar gemaakt', 'you objected'),
  consent_not_applicable: word('u hebt geen toestemming gegeven', 'you gave no consent'),
  consent_unreachable: word(
    'uw toestemming kon niet worden nagevraagd',
    'your consent could not be asked for',
  ),
  no_treatment_relation: word('u wordt daar niet behandeld', 'you are not treated there'),
  role_unknown: word('de functie is niet bekend', 'the role is not known'),
};

const general = {
  activity: word('deed iets met uw gegevens', 'did something with your data'),
  organisation: word('zorgaanbieder', 'care provider'),
  professional: word('zorgverlener', 'care professional'),
  refusal: word('de regels staan het niet toe', 'the rules do not allow it'),
  yourself: word('Uzelf', 'You'),
  system: word('Een systeem', 'A system'),
  granted: word('Toegestaan', 'Allowed'),
  denied: word('Geweigerd', 'Refused'),
  failed: word('Mislukt', 'Failed'),
  emergency: word('Noodgeval', 'Emergency'),
  via: word('via', 'by way of'),
  of: word('van', 'of'),
} as const satisfies Dictionary;

export function say(language: Language, name: keyof typeof general): string {
  return general[name][language];
}

export function facilityTypeIn(language: Language, code = ''): string {
  return (facilityTypes[code] ?? general.organisation)[language];
}

export function roleIn(language: Language, code = ''): string {
  return (roles[code] ?? roles[code.split('.')[0] ?? ''] ?? general.professional)[language];
}

/** A type without words of its own is named as it is: better a foreign word than nothing. */
export function resourceTypeIn(language: Language, type: string): string {
  return resourceTypes[type]?.[language] ?? type;
}

export function activityIn(language: Language, code = ''): string {
  return (activities[code] ?? general.activity)[language];
}

export function purposeIn(language: Language, code = ''): string | undefined {
  return purposes[code]?.[language];
}

export function refusalIn(language: Language, codes: readonly string[]): string {
  const known = codes.flatMap((code) => refusals[code.replace(/^own_/, '')] ?? []);
  return [...new Set((known.length === 0 ? [general.refusal] : known).map((each) => each[language]))].join(
    ', ',
  );
}
