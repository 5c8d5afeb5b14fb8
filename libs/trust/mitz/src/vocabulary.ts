import type { DataCategory } from '@samenhang/data-model';

/** Names the closed question of Mitz uses (SOAP 1.2, WS-Addressing, SAML profile of XACML 3.0, HL7 v3 data types). */
export const namespaces = {
  soap: 'http://www.w3.org/2003/05/soap-envelope',
  addressing: 'http://www.w3.org/2005/08/addressing',
  query: 'urn:oasis:names:tc:xacml:3.0:profile:saml2.0:v2:schema:protocol:wd-14',
  xacml: 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17',
  hl7: 'urn:hl7-org:v3',
} as const;

export const actions = {
  question: 'XACMLAuthorizationDecisionQueryRequest',
  answer:
    'http://schemas.otv.nl/toestemmingsregister/XACMLAuthzDecisionQuery/IGeslotenAutorisatievraagService/XACMLAuthzDecisionQueryResponse',
} as const;

export const questionPath = '/geslotenautorisatievraag/xacml3';
export const soapMediaType = 'application/soap+xml; charset=utf-8';

export const attributeCategories = {
  resource: 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource',
  action: 'urn:oasis:names:tc:xacml:3.0:attribute-category:action',
  subject: 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject',
  environment: 'urn:oasis:names:tc:xacml:3.0:attribute-category:environment',
} as const;

export const attributeIds = {
  patient: 'urn:oasis:names:tc:xacml:2.0:resource:resource-id',
  holderType: 'urn:ihe:iti:appc:2016:document-entry:healthcare-facility-type-code',
  holder: 'urn:ihe:iti:appc:2016:author-institution:id',
  dataCategory: 'urn:ihe:iti:appc:2016:document-entry:event-code',
  role: 'urn:oasis:names:tc:xacml:2.0:subject:role',
  professional: 'urn:ihe:iti:xua:2017:subject:provider-identifier',
  requester: 'urn:nl:otv:names:tc:1.0:subject:provider-institution',
  requesterType: 'urn:nl:otv:names:tc:1.0:subject:consulting-healthcare-facility-type-code',
  purpose: 'urn:oasis:names:tc:xspa:1.0:subject:purposeofuse',
  mandated: 'urn:nl:otv:names:tc:1.0:subject:mandated',
} as const;

export const oids = {
  bsn: '2.16.840.1.113883.2.4.6.3',
  ura: '2.16.528.1.1007.3.3',
  uzi: '2.16.528.1.1007.3.1',
  role: '2.16.840.1.113883.2.4.15.111',
  facilityType: '2.16.840.1.113883.2.4.15.1060',
  dataCategory: '2.16.840.1.113883.2.4.3.111.5.10.1',
  purpose: '2.16.840.1.113883.1.11.20448',
} as const;

export const dataTypes = {
  instanceIdentifier: 'urn:hl7-org:v3#II',
  codedValue: 'urn:hl7-org:v3#CV',
} as const;

/** Categories of data that a citizen chooses about: treatment data holds results and medication. */
export const consentCategories = ['GGC002', 'GGC012', 'GGC013'] as const;
export type ConsentCategory = (typeof consentCategories)[number];

const TREATMENT = 'GGC002';
const consentCategoryOf: Partial<Record<DataCategory, ConsentCategory>> = {
  ObservationLaboratory: 'GGC012',
  MedicationRequest: 'GGC013',
  MedicationDispense: 'GGC013',
  MedicationUse: 'GGC013',
};

/** What the register calls a data category; whatever is neither result nor medication is treatment data. */
export function toConsentCategory(category: DataCategory): ConsentCategory {
  return consentCategoryOf[category] ?? TREATMENT;
}

export function isConsentCategory(code: string): code is ConsentCategory {
  return (consentCategories as readonly string[]).includes(code);
}

/** Whether a choice about one category also covers another: the whole covers its parts, not the other way round. */
export function covers(chosen: ConsentCategory, asked: ConsentCategory): boolean {
  return chosen === asked || chosen === TREATMENT;
}

/** Categories of consulting care providers that a citizen chooses about. */
export const consultingCategories = {
  RPZAC001: ['Z3', 'H1'],
  RPZAC003: ['G5'],
  RPZAC004: ['X3'],
  RPZAC005: ['A1'],
  RPZAC104: ['V4', 'L1'],
  RPZAC103: [],
} as const satisfies Record<string, readonly string[]>;
export type ConsultingCategory = keyof typeof consultingCategories;

export function isConsultingCategory(code: string): code is ConsultingCategory {
  return Object.hasOwn(consultingCategories, code);
}

/** The category a care-provider type belongs to; types nobody listed are the remaining category. */
export function toConsultingCategory(facilityType: string): ConsultingCategory {
  for (const [category, types] of Object.entries(consultingCategories) as [
    ConsultingCategory,
    readonly string[],
  ][]) {
    if (types.includes(facilityType)) return category;
  }
  return 'RPZAC103';
}
