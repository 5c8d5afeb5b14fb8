// What an application asks of the query API, with the typed client. Each function takes a SamenhangClient and a BSN; a test
// of the query API runs them all. See read-view.mjs for how a client is made.

/** Shows what has come in while slow sources are still awaited; gives the whole at the end. */
export async function watch(client, bsn, show) {
  for await (const event of client.streamView(bsn)) {
    if (event.kind === 'source')
      show(`${event.answered} of ${event.of}: ${event.custodian ?? 'a source'} ${event.status}`);
    if (event.kind === 'view') return event.view;
  }
}

/** Asks once more for what was missing, and only for that. */
export async function whole(client, bsn) {
  const view = await client.patientView(bsn);
  return client.completeView(bsn, view);
}

/** Active problems since a year, newest first, through all pages. */
export async function activeProblems(client, bsn, since) {
  const found = [];
  const criteria = {
    'clinical-status': 'active',
    'onset-date': `ge${since}`,
    _sort: '-onset-date',
    _count: 50,
  };
  for await (const page of client.search(bsn, 'Condition', criteria)) {
    for (const { text } of page.missing) console.warn('missing:', text);
    found.push(...page.resources);
  }
  return found;
}

/** The last blood pressure and the last body weight. */
export async function lastVitals(client, bsn) {
  const codes = ['85354-9', '29463-7'].map((code) => `http://loinc.org|${code}`).join(',');
  const found = [];
  for await (const page of client.lastObservations(bsn, { code: codes })) found.push(...page.resources);
  return found;
}

/** Everything, a page at a time: for whoever wants to go on while the rest comes. */
export async function countFacts(client, bsn) {
  let facts = 0;
  for await (const { resources } of client.everything(bsn, { count: 5 })) facts += resources.length;
  return facts;
}

/** Titles of the sections of an International Patient Summary. */
export async function summarySections(client, bsn) {
  const { entry = [] } = await client.summary(bsn);
  const composition = entry.find(({ resource }) => resource?.resourceType === 'Composition')?.resource;
  return (composition?.section ?? []).map(({ title }) => title);
}

/** Which types of resource can be searched for. */
export async function searchableTypes(client) {
  const { rest = [] } = await client.capabilities();
  return rest.flatMap(({ resource = [] }) => resource.map(({ type }) => type));
}

/** The basic data set for care as a FHIR Bundle, to keep or to hand on. */
export async function exportBgz(client, bsn) {
  const { bundle } = await client.bgz(bsn);
  return JSON.stringify(bundle);
}
