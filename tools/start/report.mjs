import { portOffsets } from '../../libs/foundation/service-kit/dist/index.js';

/** A short table of what happened, for people. */
export function printSummary(summary) {
  const rows = [
    ['Providers connected', summary.providers],
    ['Messages received', summary.messages.received],
    ['Messages in quarantine', summary.messages.quarantined],
    ['Resources in the record', summary.resources],
    ['Localisation records', summary.localisationRecords],
    ['Audit events', summary.auditEvents],
    ['Facts in one patient view', `${summary.view.facts} in ${summary.view.milliseconds} ms`],
    ...summary.view.sources.map((source) => [`  source ${source.custodian}`, source.status]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  process.stderr.write(
    `\n${rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`).join('\n')}\n`,
  );
}

/** Where to look next. */
export function printUrls(portBase) {
  const at = (service) => `http://127.0.0.1:${portBase + portOffsets[service]}`;
  process.stderr.write(`
Open next:
  Viewer (an example application)   ${at('viewer')}/
  Query API, what it can do         ${at('query-api')}/fhir/metadata
  Status of a service               ${at('ingest')}/status
  From another terminal             npm run samenhang -- query --bsn 900186021
                                    npm run samenhang -- status
                                    npm run samenhang -- quarantine list
Ctrl-C stops everything; the data stays.
`);
}
