import type { Call } from '@samenhang/service-calls';

const sources = { service: 'ingest', scope: 'ingest:admin' } as const;
const tables = { service: 'normalise', scope: 'mapping:admin' } as const;

/** Made by the console itself too, to see how sources do over time. */
export const listSources: Call = {
  method: 'GET',
  path: '/sources',
  target: '/tenants/:ura/sources',
  ...sources,
};

/** Everything that the pages can reach: what is not listed here, the console cannot do. */
export const calls: readonly Call[] = [
  listSources,
  { method: 'GET', path: '/sources/:id', target: '/tenants/:ura/sources/:id', ...sources },
  { method: 'PUT', path: '/sources/:id', target: '/tenants/:ura/sources/:id', ...sources },
  { method: 'DELETE', path: '/sources/:id', target: '/tenants/:ura/sources/:id', ...sources },
  { method: 'POST', path: '/sources/:id/validate', target: '/tenants/:ura/sources/:id/validate', ...sources },
  { method: 'POST', path: '/sources/:id/test', target: '/tenants/:ura/sources/:id/test', ...sources },
  { method: 'POST', path: '/sources/:id/pause', target: '/tenants/:ura/sources/:id/pause', ...sources },
  { method: 'POST', path: '/sources/:id/resume', target: '/tenants/:ura/sources/:id/resume', ...sources },
  { method: 'GET', path: '/sources/:id/coverage', target: '/tenants/:ura/sources/:id/coverage', ...sources },
  { method: 'GET', path: '/sources/:id/quality', target: '/tenants/:ura/sources/:id/quality', ...sources },
  { method: 'GET', path: '/sources/:id/messages', target: '/sources/:id/messages', ...sources },
  {
    method: 'GET',
    path: '/messages/:id',
    target: '/messages/:id',
    service: 'ingest',
    scope: 'ingest:content',
  },
  { method: 'GET', path: '/quarantine', target: '/quarantine', ...sources },
  { method: 'GET', path: '/quarantine/:id', target: '/quarantine/:id', ...sources },
  { method: 'POST', path: '/quarantine/:id/replay', target: '/quarantine/:id/replay', ...sources },
  { method: 'GET', path: '/replays', target: '/replays', ...sources },
  { method: 'GET', path: '/replays/:id', target: '/replays/:id', ...sources },
  { method: 'POST', path: '/replays', target: '/replays', ...sources },
  { method: 'POST', path: '/replays/dry-run', target: '/replays/dry-run', ...sources },
  { method: 'DELETE', path: '/replays/:id', target: '/replays/:id', ...sources },
  { method: 'POST', path: '/explanations', target: '/explanations', ...sources },
  { method: 'GET', path: '/table-sets', target: '/table-sets', ...tables },
  { method: 'GET', path: '/table-sets/:version', target: '/table-sets/:version', ...tables },
  { method: 'POST', path: '/table-sets/validate', target: '/table-sets/validate', ...tables },
  { method: 'POST', path: '/table-sets', target: '/table-sets', ...tables },
  {
    method: 'POST',
    path: '/table-sets/:version/activate',
    target: '/table-sets/:version/activate',
    ...tables,
  },
  {
    method: 'POST',
    path: '/table-sets/:version/rollback',
    target: '/table-sets/:version/rollback',
    ...tables,
  },
  {
    method: 'GET',
    path: '/registrations/status',
    target: '/registrations/status',
    service: 'registrar',
    scope: 'registrations:read',
  },
  {
    method: 'POST',
    path: '/decisions',
    target: '/access/v1/evaluation',
    service: 'authorisation-server',
    scope: 'access:evaluate',
  },
];
