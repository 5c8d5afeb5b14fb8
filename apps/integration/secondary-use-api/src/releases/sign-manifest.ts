import { CompactSign, compactVerify, importJWK, type JWK } from 'jose';

const TYPE = 'release-manifest+jws';

export interface SignedManifest {
  /** The bytes that are signed, as text: a signature is about bytes, not about what they mean. */
  readonly manifest: string;
  /** JWS of detached content (RFC 7515, appendix F): header and signature with nothing between. */
  readonly signature: string;
}

export async function signManifest(statement: object, signing: JWK): Promise<SignedManifest> {
  const manifest = `${JSON.stringify(statement, null, 2)}\n`;
  const { kid } = signing;
  const whole = await new CompactSign(Buffer.from(manifest))
    .setProtectedHeader({ alg: 'ES256', typ: TYPE, ...(kid === undefined ? {} : { kid }) })
    .sign(await importJWK(signing, 'ES256'));
  const [header, , signature] = whole.split('.');
  return { manifest, signature: `${header}..${signature}` };
}

/** Whether the holder of the key signed exactly this text as a manifest. */
export async function isSigned({ manifest, signature }: SignedManifest, key: JWK): Promise<boolean> {
  const [header = '', payload, end = ''] = signature.split('.');
  if (payload !== '') return false;
  const whole = `${header}.${Buffer.from(manifest).toString('base64url')}.${end}`;
  try {
    const { protectedHeader } = await compactVerify(whole, await importJWK(key, 'ES256'), {
      algorithms: ['ES256'],
    });
    return protectedHeader.typ === TYPE;
  } catch {
    return false;
  }
}
