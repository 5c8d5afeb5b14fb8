/** First port of an installation; every service listens at this base plus its offset. */
export const defaultPortBase = 8600;

export const portOffsets = {
  'query-api': 0,
  'authorisation-server': 1,
  'address-book': 2,
  pseudonymisation: 3,
  'reference-index': 4,
  'consent-register': 5,
  ingest: 6,
  normalise: 7,
  record: 8,
  registrar: 9,
  audit: 10,
  viewer: 11,
  dezi: 12,
  'fhir-source-gp': 13,
  'fhir-source-nursing-home': 14,
  transfer: 15,
  'secondary-use-api': 16,
  'mllp-hospital': 20,
  postgres: 30,
  kafka: 31,
  console: 32,
  citizen: 33,
  'research-portal': 34,
  'developer-portal': 35,
  'staff-login': 36,
} as const satisfies Record<string, number>;

export type ServiceName = keyof typeof portOffsets;

/** The services of an installation, which tell their health and figures; not what stands around them. */
export const platformServices = [
  'authorisation-server',
  'audit',
  'dezi',
  'consent-register',
  'pseudonymisation',
  'reference-index',
  'address-book',
  'record',
  'normalise',
  'registrar',
  'transfer',
  'ingest',
  'query-api',
  'secondary-use-api',
] as const satisfies readonly ServiceName[];
