/** The holder is a segment of the address that its tokens are for. */
export function isOfAny(resource: string | undefined, holders: readonly string[]): boolean {
  const segments = (resource === undefined ? null : URL.parse(resource))?.pathname.split('/');
  return segments !== undefined && holders.some((holder) => segments.includes(holder));
}
