import type { FastifyInstance } from 'fastify';

export const someId = '6b0a0b3c-31f0-4f0e-9f0b-0d7f0a1f3a10';

const transfer = {
  transfer: someId,
  kind: 'referral',
  tasks: [
    {
      id: someId,
      owner: '11111111',
      status: 'requested',
      until: '2026-12-08',
      deliveries: [{ kind: 'pull-notification', attempts: 1, deliveredAt: '2026-12-01', lastFailure: null }],
    },
  ],
};
const failed = {
  ...transfer,
  tasks: [
    {
      ...transfer.tasks[0],
      status: 'failed',
      statusReason: 'Not addressable',
      deliveries: [
        { kind: 'pull-notification', attempts: 20, deliveredAt: null, lastFailure: 'cannot be reached' },
      ],
    },
  ],
};
const item = {
  id: someId,
  sender: '11111111',
  kind: 'nursing-handover',
  status: 'accepted',
  steps: ['in-progress', 'rejected'],
  until: null,
  pull: 'failed',
  failure: '1 of 2 could not be pulled',
  requests: [
    { request: 'Condition/1', state: 'pulled', lastFailure: null },
    { request: 'Condition/2', state: 'failed', lastFailure: 'status 404' },
  ],
};

/** Transfers of one care provider, 22222222, as its service would tell of them. */
export function addTransferRoutes(server: FastifyInstance, asked: unknown[]): void {
  const base = '/tenants/22222222';
  server.post(`${base}/transfers`, async ({ body }, reply) => {
    asked.push(body);
    return reply.code(201).send(transfer);
  });
  server.get(`${base}/transfers`, async () => ({ transfers: [transfer] }));
  server.get(`${base}/transfers/${someId}`, async () => failed);
  for (const act of ['cancel', 'select'])
    server.post(`${base}/transfers/${someId}/${act}`, async ({ body }) => {
      asked.push([act, body]);
      return transfer;
    });
  server.get(`${base}/inbox`, async () => ({
    items: [{ ...item, pull: 'not-asked', failure: null, requests: [] }],
  }));
  server.get(`${base}/inbox/${someId}`, async () => item);
  for (const act of ['pull', 'steps'])
    server.post(`${base}/inbox/${someId}/${act}`, async ({ body }) => {
      asked.push([act, body]);
      return { ...item, pull: 'waiting', failure: null, requests: [] };
    });
}
