// Loaded with `--import`: writes the URL and headers of every HTTP request that this process makes or answers to the
// file TRAFFIC_FILE, one JSON array a line. For the test that looks for citizen service numbers where none may be.
import diagnostics from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

const file = process.env.TRAFFIC_FILE;
const write = (...texts) => appendFileSync(file, `${JSON.stringify(texts)}\n`);

if (file !== undefined) {
  diagnostics.subscribe('http.server.request.start', ({ request }) =>
    write('in', request.method, request.url, ...request.rawHeaders),
  );
  diagnostics.subscribe('http.client.request.start', ({ request }) =>
    write('out', request.method, request.path, ...Object.values(request.getHeaders()).map(String)),
  );
  diagnostics.subscribe('undici:request:create', ({ request }) =>
    write('out', request.method, request.path, ...[request.headers].flat().map(String)),
  );
}
