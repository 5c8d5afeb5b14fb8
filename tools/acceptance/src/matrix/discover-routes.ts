import 'reflect-metadata';
import { RequestMethod, type DynamicModule, type ForwardReference, type Type } from '@nestjs/common';
import type { ServiceDefinition } from '@samenhang/service-kit';

/** A route as Nest serves it. */
export interface Route {
  readonly service: string;
  readonly method: string;
  /** With its parameters, such as `/tenants/:ura/sources`. */
  readonly path: string;
}

type ModuleReference = Type | DynamicModule | ForwardReference | Promise<DynamicModule>;
const PATH = 'path';
const METHOD = 'method';

/** Every HTTP route of a service: of all controllers of its module, and of whatever that imports. */
export async function discoverRoutes(service: ServiceDefinition): Promise<Route[]> {
  const controllers = await controllersOf(service.module as Type, new Set());
  return [...controllers].flatMap((controller) => routesOf(service.name, controller));
}

async function controllersOf(reference: ModuleReference, seen: Set<unknown>): Promise<Set<Type>> {
  const resolved = await reference;
  if (seen.has(resolved)) return new Set();
  seen.add(resolved);
  if ('forwardRef' in resolved) return controllersOf(resolved.forwardRef() as Type, seen);
  const dynamic = 'module' in resolved ? resolved : undefined;
  const type = dynamic?.module ?? (resolved as Type);
  const found = new Set<Type>([
    ...((Reflect.getMetadata('controllers', type) ?? []) as Type[]),
    ...(dynamic?.controllers ?? []),
  ]);
  const imports = [
    ...((Reflect.getMetadata('imports', type) ?? []) as ModuleReference[]),
    ...((dynamic?.imports ?? []) as ModuleReference[]),
  ];
  for (const each of imports) for (const controller of await controllersOf(each, seen)) found.add(controller);
  return found;
}

function routesOf(service: string, controller: Type): Route[] {
  const bases = pathsOf(controller);
  const prototype = controller.prototype as Record<string, unknown>;
  return namesIn(prototype).flatMap((name) => {
    const handler = prototype[name];
    if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD, handler)) return [];
    const method = RequestMethod[Reflect.getMetadata(METHOD, handler) as RequestMethod];
    return bases.flatMap((base) =>
      pathsOf(handler).map((path) => ({ service, method, path: join(base, path) })),
    );
  });
}

/** Its own and those it inherits: a controller may be another one at another address. */
function namesIn(prototype: object): string[] {
  const parent = Object.getPrototypeOf(prototype) as object | null;
  const inherited = parent === null || parent === Object.prototype ? [] : namesIn(parent);
  return [...new Set([...Object.getOwnPropertyNames(prototype), ...inherited])];
}

function pathsOf(target: object): string[] {
  const path = Reflect.getMetadata(PATH, target) as string | string[] | undefined;
  return [path ?? ''].flat();
}

function join(...parts: readonly string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;
}
