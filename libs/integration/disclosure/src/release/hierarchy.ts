/** Ever coarser readings of a value: level 0 as it is, the last level `*`, which says nothing. */
export interface Hierarchy {
  readonly levels: number;
  generalise(value: string, level: number): string;
}

/** Where a value cannot be read, nothing is said about it: a value that is not understood may be free text. */
export const unknownValue = '*';

function hierarchyOf(steps: readonly ((value: string) => string | undefined)[]): Hierarchy {
  return {
    levels: steps.length + 1,
    generalise: (value, level) => steps[level]?.(value) ?? unknownValue,
  };
}

/** Years of age, then bands of these widths. From `top` on there is one band, at every level. */
export function ageHierarchy(widths: readonly number[] = [5, 10, 20], top = 90): Hierarchy {
  const read = (value: string) => (/^\d{1,3}$/.test(value) ? Number(value) : undefined);
  const band = (width: number) => (value: string) => {
    const age = read(value);
    if (age === undefined) return undefined;
    if (age >= top) return `${top}+`;
    const start = age - (age % width);
    return width === 1 ? String(age) : `${start}-${Math.min(start + width, top) - 1}`;
  };
  return hierarchyOf([1, ...widths].map(band));
}

/** Dutch postcodes: never the letters, then four digits, two, one. */
export function postcodeHierarchy(): Hierarchy {
  const digits = (length: number) => (value: string) =>
    /^([1-9]\d{3})(?: ?[A-Z]{2})?$/.exec(value)?.[1]?.slice(0, length);
  return hierarchyOf([digits(4), digits(2), digits(1)]);
}

/** Days, months, years, decades. A time of day never stays. */
export function dateHierarchy(): Hierarchy {
  const read = (value: string) => /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?$/.exec(value);
  return hierarchyOf([
    (value) => {
      const [, year, month, day] = read(value) ?? [];
      return [year, month, day].filter((part) => part !== undefined).join('-') || undefined;
    },
    (value) => {
      const [, year, month] = read(value) ?? [];
      return [year, month].filter((part) => part !== undefined).join('-') || undefined;
    },
    (value) => read(value)?.[1],
    (value) => {
      const year = read(value)?.[1];
      return year === undefined ? undefined : `${year.slice(0, 3)}0s`;
    },
  ]);
}

/** Codes whose beginning is their group: ICD-10 by 3 and 1 characters, ATC by 5, 4, 3 and 1. Only codes of this form. */
export function prefixHierarchy(form: RegExp, lengths: readonly number[]): Hierarchy {
  const checked = (value: string) => (form.test(value) ? value : undefined);
  return hierarchyOf([
    checked,
    ...lengths.map((length) => (value: string) => checked(value)?.slice(0, length)),
  ]);
}

/** Codes of a terminology, by the parents that a table gives them. A code that is not in the table says nothing. */
export function parentHierarchy(parents: ReadonlyMap<string, string>, levels: number): Hierarchy {
  const known = new Set([...parents.keys(), ...parents.values()]);
  const up = (value: string, times: number): string | undefined => {
    if (!known.has(value)) return undefined;
    const parent = parents.get(value);
    return times === 0 || parent === undefined ? value : up(parent, times - 1);
  };
  return hierarchyOf(Array.from({ length: levels - 1 }, (_, level) => (value: string) => up(value, level)));
}

/** A value of a closed list, or nothing. */
export function listHierarchy(values: readonly string[]): Hierarchy {
  return hierarchyOf([(value) => (values.includes(value) ? value : undefined)]);
}
