import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** A recipient of pseudonyms beside the reference index, whose key the scenarios hold: the vendor of the fixtures. */
export const vendorRecipient: PseudonymRecipient = {
  organisation: 'oin:00000001234567890000',
  scope: 'vendor',
};

/** Makes the recipient known to the pseudonymisation service. @returns its private key */
export async function addVendorRecipient(secretsDirectory: string): Promise<JWK> {
  const { publicKey, privateKey } = await generateKeyPair('RSA-OAEP-256', { extractable: true });
  const file = join(secretsDirectory, 'recipients.json');
  const known = JSON.parse(readFileSync(file, 'utf8')) as object[];
  const jwk = { ...(await exportJWK(publicKey)), kid: 'vendor', alg: 'RSA-OAEP-256', use: 'enc' };
  const recipients = [...known, { ...vendorRecipient, clients: ['vendor'], jwk }];
  writeFileSync(file, JSON.stringify(recipients), { mode: 0o600 });
  return { ...(await exportJWK(privateKey)), alg: 'RSA-OAEP-256' };
}
