import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { tableFormats, tableMediaTypes } from '@samenhang/table-files';
import { expect, it } from 'vitest';
import { SecondaryUseApiModule } from '../secondary-use-api.module.js';
import { documentedRoutes } from './documented-routes.js';
import { openApi } from './open-api.js';

/** Where the guard of the identity module looks. */
const SCOPES = 'samenhang:required-scopes';
const controllers = Reflect.getMetadata('controllers', SecondaryUseApiModule) as Type[];

/** As Nest has them: method, path, and the scope that the guard looks for. */
const served = controllers.flatMap((controller) => {
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    if (typeof handler !== 'function' || !Reflect.hasMetadata('method', handler)) return [];
    const method = RequestMethod[Reflect.getMetadata('method', handler) as RequestMethod];
    const parts = [controller, handler].map((each) => String(Reflect.getMetadata('path', each) ?? ''));
    const path = `/${parts
      .flatMap((part) => part.split('/'))
      .filter((part) => part !== '')
      .join('/')}`;
    const scopes = [handler, controller].map(
      (each) => Reflect.getMetadata(SCOPES, each) as string[] | undefined,
    );
    return [`${method} ${path} ${scopes.find((each) => each !== undefined)?.join(' ') ?? 'open'}`];
  });
});

it('tells of every route that there is, with its scope, and of no other', () => {
  const documented = documentedRoutes.map(({ method, path, scope = 'open' }) => `${method} ${path} ${scope}`);
  expect(documented.sort()).toEqual(served.sort());
});

it('names the forms of outputs, gives each operation a name of its own, and refers to what is there', () => {
  const document = openApi('https://research.example');
  const text = JSON.stringify(document);
  for (const format of tableFormats) {
    expect(text).toContain(JSON.stringify(format));
    expect(text).toContain(tableMediaTypes[format]);
  }
  const names = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, name]) => name);
  expect(names).toHaveLength(documentedRoutes.length);
  expect(new Set(names).size).toBe(names.length);
  const { components } = document as { components: { schemas: Record<string, unknown> } };
  for (const [, name = ''] of text.matchAll(/#\/components\/schemas\/(\w+)/g))
    expect(Object.keys(components.schemas)).toContain(name);
});
