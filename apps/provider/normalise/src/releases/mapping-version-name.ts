/** A version of the mapping by its parts: rules and, when it names one, the set of tables. */
export interface MappingVersionName {
  readonly rules: string;
  readonly tables?: number;
}

const NAME = /^(?<rules>\d{1,6}\.\d{1,6}\.\d{1,6})(?:\+tables\.(?<tables>[1-9]\d{0,8}))?(?:[+.]\d{17})?$/;

/** As resources name it; when it was made by a replay, the time of that is left aside. */
export function parseMappingVersion(text: string): MappingVersionName | undefined {
  const groups = NAME.exec(text)?.groups;
  if (groups?.['rules'] === undefined) return undefined;
  const { rules, tables } = groups;
  return tables === undefined ? { rules } : { rules, tables: Number(tables) };
}
