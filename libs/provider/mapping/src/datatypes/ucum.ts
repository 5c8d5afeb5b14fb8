import atoms from '../tables/ucum-atoms.json' with { type: 'json' };

const words = (text: string): string[] => text.split(' ');
const metric = words(atoms.metric);
const units: ReadonlySet<string> = new Set([
  ...metric,
  ...words(atoms.other),
  ...words(atoms.prefixes).flatMap((prefix) => metric.map((unit) => prefix + unit)),
]);

const ANNOTATION = /([./(])?\{[!-z|~]{0,58}\}/g;
const FACTOR = /^(?:[1-9]\d*|(10[*^]|[^\d+-].*?|')([+-]?\d+)?)$/;

/**
 * Whether a code is UCUM: units of the table with metric prefixes, whole factors, exponents, products, quotients,
 * parentheses and annotations. A sender's word for it is not enough: a wrong code would be a wrong unit.
 */
export function isUcum(code: string): boolean {
  if (/\s/.test(code) || code === '') return false;
  // An annotation by itself is the unit 1; behind a unit it says nothing that counts.
  const bare = code.replace(ANNOTATION, (_annotation, before: string | undefined, offset: number) => {
    if (before !== undefined) return `${before}1`;
    return offset === 0 ? '1' : '';
  });
  return isTerm(bare);
}

function isTerm(text: string): boolean {
  const inner = /^(.*)\(([^()]*)\)(.*)$/.exec(text);
  // A group in parentheses stands for a factor: its content is judged, then it counts as one.
  if (inner !== null) return isTerm(inner[2] ?? '') && isTerm(`${inner[1] ?? ''}1${inner[3] ?? ''}`);
  const term = text.startsWith('/') ? text.slice(1) : text;
  return term
    .split(/[./]/)
    .every((factor, index, all) => isFactor(factor) || (factor === '' && index === 0 && all.length > 1));
}

function isFactor(text: string): boolean {
  if (units.has(text)) return true;
  const [matched, unit] = FACTOR.exec(text) ?? [];
  return matched !== undefined && (unit === undefined || units.has(unit));
}
