const MOMENT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|([+-])(\d\d):(\d\d))$/;

/** A moment some minutes later, written with the same offset; undefined when it is no moment. */
export function addMinutes(moment: string, minutes: number): string | undefined {
  const [, local = '', , offset = '', sign, hours, rest] = MOMENT.exec(moment) ?? [];
  const instant = Date.parse(moment);
  if (local === '' || Number.isNaN(instant)) return undefined;
  const offsetMinutes =
    sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(rest));
  const shifted = new Date(instant + (minutes + offsetMinutes) * 60_000);
  return `${shifted.toISOString().slice(0, 19)}${offset}`;
}
