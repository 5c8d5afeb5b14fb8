import table from './r4-elements.json' with { type: 'json' };

/** The generated table (see tools/generators/r4-elements.mjs for its notation) as definitions to compile from. */
export interface ElementDefinition {
  /** Name without `[x]`. */
  readonly name: string;
  readonly isChoice: boolean;
  readonly isRequired: boolean;
  readonly isArray: boolean;
  readonly types: readonly ElementType[];
  readonly valueSet: string | undefined;
}

export interface ElementType {
  readonly name: string;
  /** Permitted targets of a Reference; undefined when any resource will do. */
  readonly targets: readonly string[] | undefined;
}

export interface TypeDefinition {
  readonly name: string;
  readonly base: string | undefined;
  readonly isAbstract: boolean;
  readonly isResource: boolean;
  readonly elements: readonly ElementDefinition[];
}

const types = table.types as Readonly<Record<string, readonly string[]>>;
const valueSets = table.valueSets as Readonly<Record<string, readonly string[]>>;

export const typeNames: readonly string[] = Object.keys(types);

export function readType(name: string): TypeDefinition {
  const lines = Object.hasOwn(types, name) ? types[name] : undefined;
  if (lines === undefined) throw new RangeError(`FHIR R4 has no type ${name}`);
  const [head = '', ...elements] = lines;
  const [base, ...marks] = head.split(' ');
  return {
    name,
    base: base === 'abstract' ? undefined : base,
    isAbstract: base === 'abstract' || marks.includes('abstract'),
    isResource: marks.includes('resource'),
    elements: elements.map(readElement),
  };
}

/** Codes per system of a value set with a required binding. */
export function readValueSet(name: string): ReadonlyMap<string, ReadonlySet<string>> {
  const systems = (valueSets[name] ?? []).map((line): [string, ReadonlySet<string>] => {
    const [system = '', ...codes] = line.split(' ');
    return [system, new Set(codes)];
  });
  return new Map(systems);
}

function readElement(line: string): ElementDefinition {
  const parts = line.split(' ');
  const valueSet = parts.at(-1)?.startsWith('#') === true ? parts.pop()?.slice(1) : undefined;
  const [name = '', ...rest] = parts;
  const cardinality = rest.length > 1 ? rest[0] : '';
  return {
    name: name.replace('[x]', ''),
    isChoice: name.endsWith('[x]'),
    isRequired: cardinality === '!' || cardinality === '+',
    isArray: cardinality === '*' || cardinality === '+',
    types: (rest.at(-1) ?? '').split('|').map(readElementType),
    valueSet,
  };
}

function readElementType(text: string): ElementType {
  const open = text.indexOf('(');
  if (open < 0) return { name: text, targets: undefined };
  return { name: text.slice(0, open), targets: text.slice(open + 1, -1).split(',') };
}
