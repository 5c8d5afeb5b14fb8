const HALF = 32;
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/**
 * A P-256 signature as JOSE writes it (RFC 7518 section 3.4) in the form the runtime verifies without being told which:
 * telling it takes longer than this. Undefined when it has another length.
 */
export function toDerSignature(signature: Buffer): Buffer | undefined {
  if (signature.length !== 2 * HALF) return undefined;
  const content = Buffer.concat([
    toInteger(signature.subarray(0, HALF)),
    toInteger(signature.subarray(HALF)),
  ]);
  return Buffer.concat([Buffer.from([SEQUENCE, content.length]), content]);
}

/**
 * The same the other way: what the runtime signs, as JOSE writes it. It is not asked for that form, since to tell it takes
 * as long as the signature.
 */
export function toJoseSignature(der: Buffer): Buffer {
  const signature = Buffer.alloc(2 * HALF);
  // The content of a P-256 signature is shorter than 128 bytes: each length is one byte (X.690 section 8.1.3.4).
  const first = integerAt(der, 2);
  const second = integerAt(der, 4 + first.length);
  for (const [digits, end] of [
    [first, HALF],
    [second, 2 * HALF],
  ] as const) {
    const significant = digits.subarray(Math.max(0, digits.length - HALF));
    significant.copy(signature, end - significant.length);
  }
  return signature;
}

function integerAt(der: Buffer, offset: number): Buffer {
  return der.subarray(offset + 2, offset + 2 + (der[offset + 1] ?? 0));
}

/** Shortest form, and never negative: the sign bit of the first byte is clear. */
function toInteger(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const digits = bytes.subarray(start);
  const sign = (digits[0] ?? 0) > 0x7f ? [0] : [];
  return Buffer.concat([Buffer.from([INTEGER, digits.length + sign.length, ...sign]), digits]);
}
