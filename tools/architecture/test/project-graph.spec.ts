import { describe, expect, it } from 'vitest';
import { findBreaches } from '../project-graph-breaches.mjs';

interface Planted {
  name: string;
  path: string;
  tags: string[];
  isApplication: boolean;
  dependencies: string[];
}

const project = (path: string, tags: string, dependencies: string[] = []): Planted => ({
  name: path.split('/').at(-1) ?? path,
  path,
  tags: tags.split(' '),
  isApplication: path.startsWith('apps/'),
  dependencies,
});

const house = [
  project('libs/foundation/data-model', 'zone:foundation type:core'),
  project('libs/foundation/patient-identity', 'zone:foundation type:core domain:identity', ['data-model']),
  project('libs/foundation/persistence', 'zone:foundation type:adapter', ['npm:typeorm']),
  project('libs/trust/identity', 'zone:trust type:adapter', ['data-model', 'npm:jose']),
  project('libs/trust/consent', 'zone:trust type:core domain:identity', ['patient-identity']),
  project('libs/integration/client', 'zone:integration type:adapter public:client', ['data-model']),
  project('apps/national/address-book', 'zone:national type:app', ['persistence', 'identity']),
  project('apps/provider/record', 'zone:provider type:app domain:identity', ['consent', 'persistence']),
  project('apps/integration/query-api', 'zone:integration type:app domain:identity', ['identity']),
  project('apps/applications/viewer', 'zone:applications type:app', ['client']),
  project('apps/samenhang', 'zone:composition type:composition domain:identity', ['viewer', 'record']),
];

/** The house with one dependency more. */
function breachesWith(from: string, to: string): string[] {
  return findBreaches(
    house.map((planted) =>
      planted.name === from ? { ...planted, dependencies: [...planted.dependencies, to] } : planted,
    ),
  );
}

describe('the check over the project graph', () => {
  it('finds nothing in a sound house', () => {
    expect(findBreaches(house)).toEqual([]);
  });

  it.each([
    ['viewer', 'data-model', 'an application sees the public client alone'],
    ['viewer', 'query-api', 'an application sees the public client alone'],
    ['query-api', 'viewer', 'nobody imports an application'],
    ['query-api', 'consent', undefined],
    ['record', 'client', 'record (zone provider) depends on client (zone integration)'],
    ['record', 'address-book', 'record (zone provider) depends on address-book (zone national)'],
    ['record', 'query-api', 'apps meet over HTTP and events'],
    ['persistence', 'identity', 'persistence (zone foundation) depends on identity (zone trust)'],
    ['data-model', 'persistence', 'data-model (type core) depends on persistence (type adapter)'],
    ['data-model', 'npm:pg', 'data-model (type core) depends on npm:pg'],
    ['data-model', 'npm:@nestjs/common', 'data-model (type core) depends on npm:@nestjs/common'],
    ['client', 'persistence', 'only foundation cores are public'],
    ['address-book', 'patient-identity', 'address-book → patient-identity'],
    ['address-book', 'consent', 'address-book → consent'],
    ['identity', 'patient-identity', 'identity is not tagged domain:identity but reaches it'],
  ])('%s → %s: %s', (from, to, said) => {
    const breaches = breachesWith(from, to);
    if (said === undefined) expect(breaches).toEqual([]);
    else expect(breaches.join('\n')).toContain(said);
  });

  it('follows identity through others', () => {
    const breaches = breachesWith('identity', 'patient-identity');
    expect(breaches.join('\n')).toContain('address-book → identity → patient-identity');
  });

  it.each([
    ['libs/trust/stray', 'npm:private', 'exactly one known zone'],
    ['libs/trust/stray', 'zone:trust', 'exactly one known type'],
    ['libs/trust/stray', 'zone:trust zone:national type:core', 'exactly one known zone'],
    ['libs/trust/stray', 'zone:elsewhere type:core', 'exactly one known zone'],
    ['libs/trust/stray', 'zone:national type:core', 'lies in libs/trust/stray'],
  ])('%s tagged "%s" is refused', (path, tags, said) => {
    expect(findBreaches([project(path, tags)]).join('\n')).toContain(said);
  });
});
