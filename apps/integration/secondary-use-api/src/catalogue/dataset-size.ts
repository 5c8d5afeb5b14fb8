import { defaultCountingPolicy, publishCount, publishShare, publishSize } from '@samenhang/disclosure';
import { elementsOf, subjectElementOf, type DatasetType } from '@samenhang/secondary-use';

/** How much a custodian has of a type, as it may be told to everybody. */
export interface DatasetSize {
  readonly individuals: number;
  readonly records: number;
  /** Of each element the part of the records that has it. */
  readonly completeness: ReadonlyMap<string, number>;
}

/** By `sizeKey`. Of what is not in it nothing can be told. */
export type DatasetSizes = ReadonlyMap<string, DatasetSize>;

export function sizeKey(custodian: string, type: DatasetType): string {
  return `${custodian} ${type}`;
}

const CHOICE =
  /^(medication|deceased|onset|abatement|effective|value|performed|occurrence)(CodeableConcept|DateTime|Period|Quantity|Boolean|Integer)$/;
const primitives: Readonly<Record<string, string>> = {
  DateTime: 'dateTime',
  Boolean: 'boolean',
  Integer: 'integer',
};

/** Of each record whose it is, and which of the elements it has: no values. */
export function sizeView(type: DatasetType, elements: readonly string[]): object {
  const subject = subjectElementOf(type);
  const person = subject === undefined ? 'getResourceKey()' : `${subject}.getReferenceKey(Patient)`;
  const known = elementsOf(type).filter((element) => elements.includes(element));
  return {
    resource: type,
    select: [
      {
        column: [
          { name: 'person', path: person },
          ...known.map((element) => ({ name: element, path: `${pathOf(element)}.exists()` })),
        ],
      },
    ],
  };
}

/** FHIRPath names the element of a choice without its type. */
function pathOf(element: string): string {
  const [, name = element, type] = CHOICE.exec(element) ?? [];
  return type === undefined ? element : `${name}.ofType(${primitives[type] ?? type})`;
}

interface Rows {
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Undefined where few persons are behind it. */
export function sizeOfDataset(
  about: string,
  { columns, rows }: Rows,
  key: Uint8Array,
): DatasetSize | undefined {
  const policy = defaultCountingPolicy;
  const personOf = ([person]: readonly unknown[]): string => String(person);
  const individuals = publishCount(policy, key, about, new Set(rows.map(personOf)));
  if (individuals === undefined) return undefined;
  const completeness = new Map<string, number>();
  for (const [place, { name }] of columns.entries()) {
    if (place === 0) continue;
    const having = rows.filter((row) => row[place] === true);
    const lacking = rows.filter((row) => row[place] !== true);
    const share = publishShare(policy, {
      having: new Set(having.map(personOf)),
      lacking: new Set(lacking.map(personOf)),
      share: having.length / rows.length,
    });
    if (share !== undefined) completeness.set(name, share);
  }
  return { individuals, records: publishSize(rows.length), completeness };
}
