import type { TableMappingProblem } from './table-mapping.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** Reads a declaration field by field and remembers what is wrong and where, so that all of it can be mended at once. */
export class DeclarationReader {
  readonly problems: TableMappingProblem[] = [];

  report(path: string, text: string): void {
    this.problems.push({ path, text });
  }

  readObject(value: unknown, path: string): JsonObject {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
    this.report(path, 'An object is expected here');
    return {};
  }

  readList(value: unknown, path: string, least: number): readonly unknown[] {
    if (Array.isArray(value) && value.length >= least) return value as unknown[];
    this.report(
      path,
      least > 0 ? 'A list with at least one entry is expected here' : 'A list is expected here',
    );
    return [];
  }

  readText(value: unknown, path: string): string {
    if (typeof value === 'string' && value.trim() !== '') return value;
    this.report(path, 'A text is expected here');
    return '';
  }

  findText(value: unknown, path: string): string | undefined {
    return value === undefined ? undefined : this.readText(value, path);
  }

  readTexts(value: unknown, path: string, least: number): string[] {
    return this.readList(value, path, least).map((text, index) => this.readText(text, `${path}[${index}]`));
  }

  readChoice<T extends string>(value: unknown, path: string, choices: readonly T[]): T {
    const [first] = choices;
    const chosen = choices.find((choice) => choice === value);
    if (chosen !== undefined) return chosen;
    this.report(path, `One of ${choices.join(', ')} is expected here`);
    return first as T;
  }

  refuseOthers(object: JsonObject, path: string, known: readonly string[]): void {
    for (const field of Object.keys(object)) {
      if (!known.includes(field)) this.report(`${path}.${field}`, 'There is no such field');
    }
  }
}
