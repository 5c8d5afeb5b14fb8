import { publicKeyOf, type AuthorisationServerSecrets } from '@samenhang/identity';
import type { JSONWebKeySet } from 'jose';

export function publicJwks(secrets: AuthorisationServerSecrets): JSONWebKeySet {
  return { keys: secrets.jwks.keys.map(publicKeyOf) };
}
