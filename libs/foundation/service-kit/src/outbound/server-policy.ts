import { BlockList, isIP } from 'node:net';

/** Networks that no public server is in (IANA special-purpose address registries). */
const SPECIAL_IPV4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** Of IPv6 only the global unicast addresses are public, and these within them are not. */
const SPECIAL_IPV6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/**
 * Which servers an address that others wrote (an administrator of a care provider, a directory) may make a service call.
 * The deployment says where such a call may go, so that it reaches no service behind the firewall.
 */
export class ServerPolicy {
  readonly #names = new Set<string>();
  readonly #domains: string[] = [];
  readonly #networks = new BlockList();
  readonly #isListed: boolean;
  readonly #special = specialNetworks();

  /** @throws RangeError when an entry of the list is neither a name, an address nor a network */
  constructor(list: string) {
    const entries = list.split(',').map((entry) => entry.trim().toLowerCase());
    for (const entry of entries) if (entry !== '') this.#add(entry);
    this.#isListed = entries.some((entry) => entry !== '');
  }

  /** Why an address may not be called, as far as that can be told without looking its name up. */
  findRefusal(url: string): string | undefined {
    if (!URL.canParse(url)) return 'is not an absolute URL';
    const { protocol, hostname, username, password } = new URL(url);
    if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https:// or http://';
    if (username !== '' || password !== '') return 'must hold no credentials';
    const host = hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !this.permits(host, host))
      return 'names an address that this deployment lets nobody call';
    if (protocol === 'http:' && !this.#isListed)
      return 'must begin with https://, unless this deployment lists the server';
    return undefined;
  }

  /** Whether a connection to this address, found for this host, may be made. */
  permits(host: string, address: string): boolean {
    if (this.#names.has(host.toLowerCase())) return true;
    if (this.#domains.some((domain) => host.toLowerCase().endsWith(domain))) return true;
    if (this.#networks.check(plain(address), familyOf(plain(address)))) return true;
    return !this.#isListed && this.#isPublic(plain(address));
  }

  #isPublic(address: string): boolean {
    if (isIP(address) === 6 && !/^[23]/.test(address)) return false;
    return !this.#special.check(address, familyOf(address));
  }

  #add(entry: string): void {
    const [address = '', bits] = entry.split('/');
    if (isIP(address) !== 0) {
      const family = familyOf(address);
      const prefix = bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits);
      this.#networks.addSubnet(address, prefix, family);
    } else if (/^\*\.[a-z0-9.-]+$/.test(entry)) this.#domains.push(entry.slice(1));
    else if (/^[a-z0-9][a-z0-9.-]*$/.test(entry)) this.#names.add(entry);
    else throw new RangeError('an entry is neither a name, an address nor a network');
  }
}

function specialNetworks(): BlockList {
  const list = new BlockList();
  for (const [network, bits] of SPECIAL_IPV4) list.addSubnet(network, bits, 'ipv4');
  for (const [network, bits] of SPECIAL_IPV6) list.addSubnet(network, bits, 'ipv6');
  return list;
}

/** An IPv4 address in the guise of IPv6 reaches the IPv4 server. */
function plain(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
