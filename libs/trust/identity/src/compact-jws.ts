const FORM = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
const MAXIMUM_LENGTH = 16_384;

type JsonObject = Readonly<Record<string, unknown>>;

/** The parts of a JWS in compact form (RFC 7515 section 7.1). Nothing in it is true before its signature is verified. */
export interface CompactJws {
  readonly encodedHeader: string;
  /** Undefined when it is not a JSON object. */
  readHeader(): JsonObject | undefined;
  readClaims(): JsonObject | undefined;
  signedBytes(): Buffer;
  readSignature(): Buffer;
}

/** Undefined when the text is not three parts of base64url. */
export function readCompactJws(text: string): CompactJws | undefined {
  const [, encodedHeader, encodedPayload, encodedSignature] =
    (text.length <= MAXIMUM_LENGTH && FORM.exec(text)) || [];
  if (encodedHeader === undefined || encodedPayload === undefined || encodedSignature === undefined)
    return undefined;
  return {
    encodedHeader,
    readHeader: () => parseObject(encodedHeader),
    readClaims: () => parseObject(encodedPayload),
    signedBytes: () => Buffer.from(`${encodedHeader}.${encodedPayload}`),
    readSignature: () => Buffer.from(encodedSignature, 'base64url'),
  };
}

function parseObject(encoded: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    return undefined;
  }
}
