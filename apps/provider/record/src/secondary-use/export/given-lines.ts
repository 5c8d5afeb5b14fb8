const KEY = /\b[\da-f]{32}\b/g;
const KEY_LENGTH = 32;

/** Resources of a file, without those that name somebody who takes part no more. */
export function givenResources(
  body: string,
  everyone: ReadonlySet<string>,
  members: ReadonlySet<string>,
): string {
  return body
    .split(/(?<=\n)/)
    .filter((line) => [...line.matchAll(KEY)].every(([key]) => !everyone.has(key) || members.has(key)))
    .join('');
}

/** Rows of a file, of those who take part. */
export function givenRows(body: string, members: ReadonlySet<string>): string {
  return body
    .split(/(?<=\n)/)
    .flatMap((line) => (members.has(line.slice(0, KEY_LENGTH)) ? [line.slice(KEY_LENGTH + 1)] : []))
    .join('');
}
