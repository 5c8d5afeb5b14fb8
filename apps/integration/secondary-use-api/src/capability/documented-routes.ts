export interface DocumentedRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** None: open to anybody. */
  readonly scope?: string;
  readonly summary: string;
  readonly body?: 'Application' | 'Grant' | 'Count' | 'OutputRequest' | 'Pseudonym';
  readonly answer: 'json' | 'permit' | 'output' | 'file' | 'signature' | 'linkedData' | 'catalogue';
  readonly status?: number;
}

const use = 'research:use';
const assess = 'research:assess';
const check = 'research:check';
const get = (path: string, summary: string, answer: DocumentedRoute['answer'], scope?: string) =>
  ({ method: 'GET', path, summary, answer, ...(scope === undefined ? {} : { scope }) }) as const;
const post = (path: string, summary: string, rest: Omit<DocumentedRoute, 'method' | 'path' | 'summary'>) =>
  ({ method: 'POST', path, summary, ...rest }) as const;

/** Every route, as OpenAPI tells of it; a test holds the list to the routes that there are. */
export const documentedRoutes: readonly DocumentedRoute[] = [
  get('/openapi.json', 'This document', 'json'),
  get('/catalogue', 'Datasets in HealthDCAT-AP', 'catalogue'),
  get('/release-keys', 'Keys that manifests are signed with', 'json'),
  post('/permits', 'Apply for a permit', { scope: use, body: 'Application', answer: 'permit', status: 201 }),
  get('/permits', 'Own permits', 'json', use),
  get('/permits/:id', 'A permit of one’s own', 'permit', use),
  get('/permits/:id/standing', 'Whether a permit holds, for its custodians', 'json', 'permits:standing'),
  post('/permits/:id/counts', 'How many persons, protected', { scope: use, body: 'Count', answer: 'json' }),
  post('/permits/:id/outputs', 'Have a table, OMOP tables or sets made', {
    scope: use,
    body: 'OutputRequest',
    answer: 'output',
    status: 202,
  }),
  get('/permits/:id/outputs', 'Outputs under a permit', 'json', use),
  get('/outputs/:id', 'How an output does, and its holders', 'output', use),
  get('/outputs/:id/file', 'The first file of a release', 'file', use),
  get('/outputs/:id/files/:name', 'A file of a release', 'file', use),
  get('/outputs/:id/manifest', 'What a release is', 'json', use),
  get('/outputs/:id/signature', 'Of the manifest: JWS of detached content', 'signature', use),
  get('/outputs/:id/provenance', 'Where a release comes from, in PROV-O', 'linkedData', use),
  get('/assessment/permits', 'Applications and permits', 'json', assess),
  post('/assessment/permits/:id/grant', 'Grant', { scope: assess, body: 'Grant', answer: 'permit' }),
  post('/assessment/permits/:id/reject', 'Reject', { scope: assess, answer: 'permit' }),
  post('/assessment/permits/:id/withdraw', 'Withdraw', { scope: assess, answer: 'permit' }),
  get('/checks/outputs', 'Outputs that wait to be checked', 'json', check),
  get('/checks/outputs/:id/file', 'The first file of an output that is checked', 'file', check),
  get('/checks/outputs/:id/files/:name', 'A file of an output that is checked', 'file', check),
  post('/checks/outputs/:id/release', 'Release', { scope: check, answer: 'output' }),
  post('/checks/outputs/:id/refuse', 'Refuse', { scope: check, answer: 'output' }),
  post('/checks/releases/_search', 'Releases that a person is in', {
    scope: check,
    body: 'Pseudonym',
    answer: 'json',
  }),
];
