/** As the official validator has it: arcs of a registration authority, long enough to be one. */
export function isOid(text: string): boolean {
  return /^[0-2](?:\.(?:0|[1-9]\d*))+$/.test(text) && text.lastIndexOf('.') >= 5;
}
