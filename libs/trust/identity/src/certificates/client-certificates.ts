import { createHash, X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';

type Request = Pick<IncomingMessage, 'headers' | 'socket'>;

export interface ClientCertificatesOptions {
  /** Name of the header in which a proxy passes the certificate on; without it no header is believed. */
  readonly header?: string;
  /** Addresses and networks (`10.1.0.0/16`) of the proxies that may send it. */
  readonly proxies?: readonly string[];
}

/**
 * The certificate with which the other side of a request proved who it is: on the connection itself, where TLS ends in
 * this process, or in a header of a proxy that is trusted. From anybody else the header is an attempt.
 */
export class ClientCertificates {
  readonly #header: string | undefined;
  readonly #proxies = new BlockList();

  /** @throws RangeError when an address cannot be read */
  constructor({ header, proxies = [] }: ClientCertificatesOptions = {}) {
    this.#header = header?.toLowerCase();
    for (const proxy of proxies) this.#trust(proxy);
  }

  /** Whether somebody who is no trusted proxy says what certificate a request was made with. */
  isSpoofed(request: Request): boolean {
    return this.#valueOf(request) !== undefined && !this.#isProxy(request);
  }

  find(request: Request): X509Certificate | undefined {
    const value = this.#valueOf(request);
    if (value !== undefined) return this.#isProxy(request) ? readHeader(value) : undefined;
    const { getPeerX509Certificate } = request.socket as Partial<TLSSocket>;
    return getPeerX509Certificate?.call(request.socket as TLSSocket);
  }

  #valueOf({ headers }: Request): string | undefined {
    const value = this.#header === undefined ? undefined : headers[this.#header];
    return Array.isArray(value) ? value.join() : value;
  }

  #isProxy({ socket: { remoteAddress = '' } }: Request): boolean {
    const address = remoteAddress.replace(/^::ffff:/, '');
    const family = isIP(address);
    return family !== 0 && this.#proxies.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }

  #trust(proxy: string): void {
    const [address = '', prefix] = proxy.split('/', 2);
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (isIP(address) === 0) throw new RangeError('A trusted proxy is an address or a network');
    if (prefix === undefined) this.#proxies.addAddress(address, family);
    else this.#proxies.addSubnet(address, Number(prefix), family);
  }
}

/** SHA-256 of a certificate (`x5t#S256`, RFC 8705 section 3.1). */
export function thumbprintOf({ raw }: X509Certificate): string {
  return createHash('sha256').update(raw).digest('base64url');
}

/** `:<base64>:` (RFC 9440), or PEM as proxies escape it for a URL. */
function readHeader(value: string): X509Certificate | undefined {
  const [, encoded] = /^:([\w+/]+=*):$/.exec(value.trim()) ?? [];
  try {
    return new X509Certificate(
      encoded === undefined ? decodeURIComponent(value) : Buffer.from(encoded, 'base64'),
    );
  } catch {
    return undefined;
  }
}
