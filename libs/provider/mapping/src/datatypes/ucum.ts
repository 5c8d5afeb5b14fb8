import type { TableSet } from '../tables/table-set.js';

const ANNOTATION = /([./(])?\{[!-z|~]{0,58}\}/g;
const FACTOR = /^(?:[1-9]\d*|(10[*^]|[^\d+-].*?|')([+-]?\d+)?)$/;

/** Units of UCUM by their atoms: those of the table with metric prefixes. */
export class UcumUnits {
  readonly #units: ReadonlySet<string>;

  constructor({ prefixes, metric, other }: TableSet['ucum-atoms']) {
    const words = (text: string): string[] => text.split(' ');
    this.#units = new Set([
      ...words(metric),
      ...words(other),
      ...words(prefixes).flatMap((prefix) => words(metric).map((unit) => prefix + unit)),
    ]);
  }

  /**
   * Whether a code is UCUM: units of the table with metric prefixes, whole factors, exponents, products, quotients,
   * parentheses and annotations. A sender's word for it is not enough: a wrong code would be a wrong unit.
   */
  has(code: string): boolean {
    if (/\s/.test(code) || code === '') return false;
    // An annotation by itself is the unit 1; behind a unit it says nothing that counts.
    const bare = code.replace(ANNOTATION, (_annotation, before: string | undefined, offset: number) => {
      if (before !== undefined) return `${before}1`;
      return offset === 0 ? '1' : '';
    });
    return this.#isTerm(bare);
  }

  #isTerm(text: string): boolean {
    const inner = /^(.*)\(([^()]*)\)(.*)$/.exec(text);
    // A group in parentheses stands for a factor: its content is judged, then it counts as one.
    if (inner !== null)
      return this.#isTerm(inner[2] ?? '') && this.#isTerm(`${inner[1] ?? ''}1${inner[3] ?? ''}`);
    const term = text.startsWith('/') ? text.slice(1) : text;
    return term
      .split(/[./]/)
      .every(
        (factor, index, all) => this.#isFactor(factor) || (factor === '' && index === 0 && all.length > 1),
      );
  }

  #isFactor(text: string): boolean {
    if (this.#units.has(text)) return true;
    const [matched, unit] = FACTOR.exec(text) ?? [];
    return matched !== undefined && (unit === undefined || this.#units.has(unit));
  }
}
