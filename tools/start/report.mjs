import { defaultDataDirectory } from '../../apps/cli/dist/index.js';
import { defaultPortBase, portOffsets } from '../../libs/foundation/service-kit/dist/index.js';

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

/** Where to look next; commands name the ports and the folder when they are not the usual ones. */
export function printUrls({ portBase, dataDirectory, password }) {
  const at = (service) => `http://127.0.0.1:${portBase + portOffsets[service]}`;
  const places = [
    ...(portBase === defaultPortBase ? [] : ['--port-base', String(portBase)]),
    ...(dataDirectory === defaultDataDirectory() ? [] : ['--data-dir', `'${dataDirectory}'`]),
  ];
  const command = (...words) => ['npm run samenhang --', ...places, ...words].join(' ');
  process.stderr.write(`
Open next:
  Viewer (an example application)   ${at('viewer')}/
  Citizen portal                    ${at('citizen')}/
  Console (login 22222222 or regio)  ${at('console')}/   password ${password}
  Research (login onderzoeker)      ${at('research-portal')}/   the same password
  Developers (login ontwikkelaar)   ${at('developer-portal')}/   the same password
  Query API, what it can do         ${at('query-api')}/fhir/metadata
  Status of a service               ${at('ingest')}/status

From another terminal:
  ${command('query --bsn 900186021')}
  ${command('status')}
  ${command('quarantine list')}

Ctrl-C stops everything; the data stays.
`);
}
