// Checks the last line that `npm start -- --once --json` printed: the form of the summary, and that the main job was done.
import { readFileSync } from 'node:fs';

const faults = [];
const check = (holds, fault) => holds || faults.push(fault);
const isCount = (value) => Number.isInteger(value) && value >= 0;

let summary = {};
try {
  summary = JSON.parse(readFileSync(process.argv[2], 'utf8').trimEnd().split('\n').at(-1));
} catch {
  faults.push('the last line is not JSON');
}
const { providers, messages = {}, resources, localisationRecords, auditEvents, view = {} } = summary;
const sources = Array.isArray(view.sources) ? view.sources : [];

check(providers === 4, 'providers is not 4');
check(isCount(messages.received) && messages.received > 0, 'no messages were received');
check(isCount(messages.quarantined), 'messages.quarantined is not a count');
check(isCount(resources) && resources > 0, 'no resources were stored');
check(isCount(localisationRecords) && localisationRecords > 0, 'no localisation records were made');
check(isCount(auditEvents) && auditEvents > 0, 'no audit events were recorded');
check(isCount(view.facts) && view.facts > 0, 'the view holds no facts');
check(typeof view.milliseconds === 'number' && view.milliseconds > 0, 'view.milliseconds is not a duration');
for (const custodian of ['11111111', '22222222', '33333333', '44444444'])
  check(
    sources.some((source) => source.custodian === custodian && source.status === 'ok'),
    `the view lacks ${custodian}, or its status is not ok`,
  );

for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
