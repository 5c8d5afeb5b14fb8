import type { VerifiedIdentity } from '@samenhang/identity';

/** A subscriber as it was when it subscribed, kept without the token: a subscription outlives it. */
export interface Subscriber extends Omit<VerifiedIdentity, 'accessToken' | 'scopes'> {
  readonly scopes: readonly string[];
}

export function toSubscriber({ accessToken: _token, scopes, ...identity }: VerifiedIdentity): Subscriber {
  return { ...identity, scopes: [...scopes] };
}

/** For deciding and recording. There is no token to pass on: nothing can be asked of a holder in the subscriber's name. */
export function toIdentity({ scopes, ...subscriber }: Subscriber): VerifiedIdentity {
  return { ...subscriber, scopes: new Set(scopes), accessToken: '' };
}
