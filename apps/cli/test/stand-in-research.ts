import type { FastifyInstance } from 'fastify';

export const permitId = '0f3c6c0e-6f7c-4d0e-8d5e-52f7f0a5c001';
export const releasedId = '0f3c6c0e-6f7c-4d0e-8d5e-52f7f0a5c002';
export const heldId = '0f3c6c0e-6f7c-4d0e-8d5e-52f7f0a5c003';

const permit = {
  id: permitId,
  requester: '11111111',
  title: 'Diabetes',
  purpose: 'scientific-research',
  outputKind: 'anonymised',
  status: 'submitted',
  custodians: ['22222222'],
  period: { from: '2025-01-01', until: '2026-01-01' },
  dates: 'month',
  datasets: [{ type: 'Patient', elements: ['gender'] }],
};
const output = {
  id: releasedId,
  permitId,
  status: 'released',
  holders: [{ custodian: '22222222', status: 'ok' }],
  report: { k: 12 },
  createdAt: '2026-01-01T00:00:00Z',
};
const held = {
  ...output,
  id: heldId,
  status: 'held',
  holders: [...output.holders, { custodian: '44444444', status: 'unreachable' }],
  problem: 'Persons stand out',
};

/** A permit and two outputs, as the secondary-use API would tell of them. */
export function addResearchRoutes(server: FastifyInstance, asked: unknown[]): void {
  server.post('/permits', async ({ body }, reply) => {
    asked.push(['apply', body]);
    return reply.code(201).send(permit);
  });
  for (const path of ['/permits', '/assessment/permits'])
    server.get(path, async () => ({ permits: [permit] }));
  server.get(`/permits/${permitId}`, async () => permit);
  for (const act of ['grant', 'reject', 'withdraw'])
    server.post(`/assessment/permits/${permitId}/${act}`, async ({ body }) => {
      asked.push([act, body]);
      return { ...permit, status: act };
    });
  server.post<{ Body: { conditions: unknown[] } }>(`/permits/${permitId}/counts`, async ({ body }) => {
    asked.push(['count', body]);
    return body.conditions.length === 1
      ? { kind: 'count', count: 45, holders: output.holders }
      : { kind: 'withheld', holders: held.holders };
  });
  server.post(`/permits/${permitId}/outputs`, async ({ body }, reply) => {
    asked.push(['request', body]);
    return reply.code(202).send({ ...output, status: 'running' });
  });
  server.get(`/permits/${permitId}/outputs`, async () => ({ outputs: [output, held] }));
  server.get(`/outputs/${heldId}`, async () => held);
  server.get(`/outputs/${heldId}/file`, async (_request, reply) =>
    reply.code(409).send({ detail: 'The output is held' }),
  );
  for (const name of ['manifest', 'files/person.csv'])
    server.get(`/outputs/${releasedId}/${name}`, async () => ({ name }));
  for (const path of [`/outputs/${releasedId}/file`, `/checks/outputs/${releasedId}/file`])
    server.get(path, async (_request, reply) => reply.type('text/csv').send('gender\r\nfemale\r\n'));
  server.get('/checks/outputs', async () => ({ outputs: [{ ...output, status: 'checking' }] }));
  for (const act of ['release', 'refuse'])
    server.post(`/checks/outputs/${releasedId}/${act}`, async () => {
      asked.push([act]);
      return { ...output, status: `${act}d` };
    });
  server.post('/checks/releases/_search', async ({ body }) => {
    asked.push(['releases', body]);
    return { releases: [{ id: releasedId, permitId, releasedAt: '2026-01-02T00:00:00Z' }] };
  });
}
