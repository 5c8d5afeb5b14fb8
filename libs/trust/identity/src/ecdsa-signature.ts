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

/** Shortest form, and never negative: the sign bit of the first byte is clear. */
function toInteger(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const digits = bytes.subarray(start);
  const sign = (digits[0] ?? 0) > 0x7f ? [0] : [];
  return Buffer.concat([Buffer.from([INTEGER, digits.length + sign.length, ...sign]), digits]);
}
