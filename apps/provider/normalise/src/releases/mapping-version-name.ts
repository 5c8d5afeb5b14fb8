/** A version of the mapping by its parts: rules and, when it names them, the set of tables and the answers of a terminology server. */
export interface MappingVersionName {
  readonly rules: string;
  readonly tables?: number;
  readonly terms?: number;
}

const NAME =
  /^(?<rules>\d{1,6}\.\d{1,6}\.\d{1,6})(?:\+tables\.(?<tables>0|[1-9]\d{0,8})(?:\.terms\.(?<terms>[1-9]\d{0,8}))?)?(?:[+.]\d{17})?$/;

/** As resources name it; when it was made by a replay, the time of that is left aside. */
export function parseMappingVersion(text: string): MappingVersionName | undefined {
  const groups = NAME.exec(text)?.groups;
  if (groups?.['rules'] === undefined) return undefined;
  const { rules, tables, terms } = groups;
  return {
    rules,
    ...(tables === undefined || tables === '0' ? {} : { tables: Number(tables) }),
    ...(terms === undefined ? {} : { terms: Number(terms) }),
  };
}
