import { isIP, BlockList } from 'node:net';

/** A directory that is followed. */
export interface DirectorySource {
  /** Base URL of its FHIR API, without trailing slash. */
  readonly base: string;
  /** A central directory speaks of all; a federated one of the care providers that named it, and no others. */
  readonly kind: 'central' | 'federated';
  /** Of a federated one: URAs, sorted. */
  readonly uras: readonly string[];
}

/** `central=<url>` or `federated=<url>=<URA>+<URA>`, separated by commas. */
export const directorySourcesForm =
  /^$|^(?:central=https?:\/\/[^\s,=]+|federated=https?:\/\/[^\s,=]+=\d{8}(?:\+\d{8})*)(?:,(?:central=https?:\/\/[^\s,=]+|federated=https?:\/\/[^\s,=]+=\d{8}(?:\+\d{8})*))*$/;

export function readDirectorySources(text: string): DirectorySource[] {
  return (text === '' ? [] : text.split(',')).map((each) => {
    const [kind, url = '', uras = ''] = each.split('=');
    return {
      base: url.replace(/\/+$/, ''),
      kind: kind === 'central' ? 'central' : 'federated',
      uras: uras === '' ? [] : uras.split('+').sort(),
    };
  });
}

const inside = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  inside.addSubnet(network, prefix);
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inside.addSubnet(network, prefix, 'ipv6');

/**
 * Addresses of directories come from another directory: they must not lead a request to what stands beside this
 * service.
 */
export function isPublicAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  const family = isIP(mapped);
  return family !== 0 && !inside.check(mapped, family === 6 ? 'ipv6' : 'ipv4');
}
