/** What the fields select; an empty field selects everything. Times are those of the reader's own clock. */
export function criteriaOf(form: FormData): object {
  const value = (name: string): string => String(form.get(name) ?? '').trim();
  const texts = ['type', 'mappingVersion', 'mapBy'].flatMap((name) =>
    value(name) === '' ? [] : [[name, value(name)] as const],
  );
  const times = ['from', 'until'].flatMap((name) =>
    value(name) === '' ? [] : [[name, new Date(value(name)).toISOString()] as const],
  );
  return {
    source: value('source'),
    ...Object.fromEntries([...texts, ...times]),
    ...(form.get('quarantined') === null ? {} : { quarantined: true }),
  };
}

export function wholeNumberOf(form: FormData, name: string, otherwise: number): number {
  const number = Number(form.get(name));
  return Number.isInteger(number) && number > 0 ? number : otherwise;
}
