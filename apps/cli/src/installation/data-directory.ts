import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** Where an installation keeps its state: in the checkout, or for root where the database's own user can reach it. */
export function defaultDataDirectory(
  uid: number | undefined = process.getuid?.(),
  checkout: string = repository,
): string {
  return uid === 0 ? '/var/tmp/samenhang-0' : `${checkout.replace(/\/+$/, '')}/.data`;
}
