import type { Call } from '@samenhang/service-calls';

const service = { service: 'secondary-use-api' } as const;
const use = { ...service, scope: 'research:use' } as const;
const assess = { ...service, scope: 'research:assess' } as const;
const check = { ...service, scope: 'research:check' } as const;

/** Everything that the pages can reach: what is not listed here, the portal cannot do. */
export const calls: readonly Call[] = [
  { method: 'GET', path: '/permits', target: '/permits', ...use },
  { method: 'POST', path: '/permits', target: '/permits', ...use },
  { method: 'GET', path: '/permits/:id', target: '/permits/:id', ...use },
  { method: 'POST', path: '/permits/:id/counts', target: '/permits/:id/counts', ...use },
  { method: 'GET', path: '/permits/:id/outputs', target: '/permits/:id/outputs', ...use },
  { method: 'POST', path: '/permits/:id/outputs', target: '/permits/:id/outputs', ...use },
  { method: 'GET', path: '/assessment/permits', target: '/assessment/permits', ...assess },
  {
    method: 'POST',
    path: '/assessment/permits/:id/grant',
    target: '/assessment/permits/:id/grant',
    ...assess,
  },
  {
    method: 'POST',
    path: '/assessment/permits/:id/reject',
    target: '/assessment/permits/:id/reject',
    ...assess,
  },
  {
    method: 'POST',
    path: '/assessment/permits/:id/withdraw',
    target: '/assessment/permits/:id/withdraw',
    ...assess,
  },
  { method: 'GET', path: '/checks/outputs', target: '/checks/outputs', ...check },
  {
    method: 'POST',
    path: '/checks/outputs/:id/release',
    target: '/checks/outputs/:id/release',
    ...check,
  },
  { method: 'POST', path: '/checks/outputs/:id/refuse', target: '/checks/outputs/:id/refuse', ...check },
];

/** Those whose answer is a file. */
export const fileCalls: readonly Call[] = [
  { method: 'GET', path: '/outputs/:id/files/:name', target: '/outputs/:id/files/:name', ...use },
  { method: 'GET', path: '/outputs/:id/manifest', target: '/outputs/:id/manifest', ...use },
  { method: 'GET', path: '/outputs/:id/signature', target: '/outputs/:id/signature', ...use },
  { method: 'GET', path: '/outputs/:id/provenance', target: '/outputs/:id/provenance', ...use },
  {
    method: 'GET',
    path: '/checks/outputs/:id/files/:name',
    target: '/checks/outputs/:id/files/:name',
    ...check,
  },
];
