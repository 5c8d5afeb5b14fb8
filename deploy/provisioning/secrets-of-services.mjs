// Which secrets each service gets. A service sees its own folder and no other: whoever takes over one container holds the
// keys of that one service.

/** By service: the secrets it reads beside its own OAuth client key. */
export const secretsOfServices = {
  'authorisation-server': ['authorisation-server', 'patient-binding'],
  audit: ['patient-keyring', 'patient-binding'],
  'consent-register': ['patient-keyring', 'patient-binding'],
  pseudonymisation: ['pseudonymisation', 'recipients', 'evaluation-clients', 'hsm'],
  'reference-index': ['reference-index'],
  'address-book': [],
  ingest: ['patient-keyring', 'source-secrets'],
  normalise: ['patient-keyring'],
  record: ['patient-keyring', 'patient-binding', 'permit-authority', 'mitz'],
  registrar: ['patient-keyring', 'mitz'],
  transfer: ['patient-keyring'],
  'query-api': ['patient-binding', 'change-handles', 'subscriptions', 'mitz'],
  'secondary-use-api': ['secondary-use'],
  console: ['console-accounts', 'console-openid'],
  'research-portal': ['research-accounts', 'research-openid'],
  'developer-portal': ['developer-accounts', 'developer-openid'],
  dezi: ['dezi'],
  'fhir-source': ['patient-binding'],
  // The development client: an application of one's own has a client of its own (CLIENT_ID).
  viewer: ['client-demo'],
  citizen: [],
};

/** @returns {string[]} the secrets of one service, by name without `.json`, as far as they exist */
export function secretsOf(service, existing) {
  // Credentials and certificates of sources that are kept as files instead of in the database.
  const ofSources =
    service === 'ingest' ? existing.filter((name) => /^(?:source|tls)-\d{8}-/.test(name)) : [];
  const wanted = [...(secretsOfServices[service] ?? []), `client-${service}`, ...ofSources];
  return wanted.filter((name) => existing.includes(name));
}
