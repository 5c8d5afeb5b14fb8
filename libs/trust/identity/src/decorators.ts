import {
  createParamDecorator,
  SetMetadata,
  type CustomDecorator,
  type ExecutionContext,
} from '@nestjs/common';
import type { Scope, VerifiedIdentity } from './verified-identity.js';

export const REQUIRED_SCOPES = 'samenhang:required-scopes';
/** A plain string, so that the service kit can mark its health routes without depending on this library. */
export const PUBLIC_ROUTE = 'samenhang:public';
export const AUDIENCE = 'samenhang:audience';

/** The audience a route expects, from the service's public base URL and the route's path parameters. */
export type AudienceOf = (publicUrl: string, parameters: Readonly<Record<string, string>>) => string;

/** Admits callers whose token carries all of these scopes. */
export function RequireScopes(...required: [Scope, ...Scope[]]): CustomDecorator {
  return SetMetadata(REQUIRED_SCOPES, required);
}

/** Admits anyone, without a token. Only for what must be readable before a token can be had. */
export function Public(): CustomDecorator {
  return SetMetadata(PUBLIC_ROUTE, true);
}

/** Replaces the audience a token must have; without it, the public base URL of the service. */
export function Audience(audienceOf: AudienceOf): CustomDecorator {
  return SetMetadata(AUDIENCE, audienceOf);
}

/** The verified identity of the caller, as a handler parameter. Present on every handler with `@RequireScopes`. */
export const Identity = createParamDecorator((_: unknown, context: ExecutionContext): VerifiedIdentity => {
  const { identity } = context.switchToHttp().getRequest<{ identity?: VerifiedIdentity }>();
  if (identity === undefined) throw new Error('No verified identity: the handler needs @RequireScopes');
  return identity;
});
