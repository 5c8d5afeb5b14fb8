import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import { decimalText, findTimeInterval, type Decimal } from '@samenhang/fhir-r4';
import { foldText } from './fold-text.js';
import type { IndexedParameter } from './indexed-parameter.js';
import { findIndexedType, type RecordedType } from './record-resources.js';
import { toTimestamp } from './timestamp.js';
import { codeHash, presenceHash, tokenHashes } from './token-hash.js';

/** The searchable side of a resource: what its row holds beside the body. Times are ISO 8601, hashes bigint as text. */
export interface ResourceIndex {
  readonly effectiveFrom: string | null;
  readonly effectiveUntil: string | null;
  readonly codeHash: string | null;
  readonly tokens: readonly string[];
  /** `parameter=Type/id` of each reference; one to elsewhere as its address. */
  readonly links: readonly string[];
  /** What is searched too rarely for a column of its own. */
  readonly details: IndexDetails | null;
}

/** `n` is the name of the parameter. */
export interface IndexDetails {
  /** Other dates than the one by which facts are ordered: from, until. */
  readonly dates: readonly { n: string; f: string; u: string }[];
  /** Value as written, system and code, unit as shown. */
  readonly quantities: readonly { n: string; v: string; s?: string; c?: string; u?: string }[];
  /** Folded texts. */
  readonly texts: readonly { n: string; t: string }[];
}

const empty: ResourceIndex = {
  effectiveFrom: null,
  effectiveUntil: null,
  codeHash: null,
  tokens: [],
  links: [],
  details: null,
};

type JsonObject = Readonly<Record<string, unknown>>;
const RELATIVE = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/;
const ABSOLUTE = /^(?:https?:\/\/|urn:)\S+$/;

/** Who somebody is, is found by keyed hashes elsewhere. */
const isKeptElsewhere = (type: string, name: string): boolean =>
  name === 'identifier' && (type === 'Patient' || type === 'RelatedPerson');

export function indexResource(resource: FhirResource): ResourceIndex {
  const recorded = findIndexedType(resource.resourceType);
  if (recorded === undefined) return empty;
  const collected = new Collected();
  let effective: Interval | undefined;
  for (const parameter of recorded.parameters) {
    const { name, type } = parameter;
    if (isKeptElsewhere(recorded.type, name)) continue;
    const values = parameter.paths.flatMap((path) => valuesAt(resource, path));
    if (values.length === 0) continue;
    collected.tokens.add(presenceHash(name));
    if (type !== 'date') collected.add(parameter, values);
    else if (name === recorded.order) effective = values.flatMap(intervalsOf)[0];
    else collected.addDates(name, values.flatMap(intervalsOf));
  }
  return {
    effectiveFrom: effective?.from ?? null,
    effectiveUntil: effective?.until ?? null,
    codeHash: codeOf(resource, recorded),
    tokens: [...collected.tokens],
    links: [...collected.links],
    details: collected.details,
  };
}

class Collected {
  readonly tokens = new Set<string>();
  readonly links = new Set<string>();
  readonly #dates: IndexDetails['dates'][number][] = [];
  readonly #quantities: IndexDetails['quantities'][number][] = [];
  readonly #texts = new Map<string, IndexDetails['texts'][number]>();

  get details(): IndexDetails | null {
    const dates = this.#dates;
    const quantities = this.#quantities;
    const texts = [...this.#texts.values()];
    return dates.length + quantities.length + texts.length === 0 ? null : { dates, quantities, texts };
  }

  add({ name, type, targets }: IndexedParameter, values: readonly unknown[]): void {
    for (const value of values) {
      if (type === 'reference') this.#addReference(name, targets, value);
      else if (type === 'quantity') this.#addQuantity(name, value);
      else if (type === 'string') for (const text of textsOf(value)) this.#addText(name, text);
      else if (type === 'uri') this.#addAddress(name, value);
      else this.#addTokens(name, value);
    }
  }

  addDates(name: string, intervals: readonly Interval[]): void {
    for (const { from, until } of intervals) this.#dates.push({ n: name, f: from, u: until });
  }

  #addTokens(name: string, value: unknown): void {
    if (typeof value === 'string' || typeof value === 'boolean')
      for (const token of tokenHashes(name, undefined, String(value))) this.tokens.add(token);
    if (!isObject(value)) return;
    const isConcept = Array.isArray(value['coding']);
    const codings = isConcept ? (value['coding'] as unknown[]).filter(isObject) : [value];
    for (const coding of codings) {
      const system = textOf(coding['system']);
      if (system === identifierSystems.bsn) continue;
      // An Identifier has a value where a Coding has a code.
      for (const token of tokenHashes(name, system, textOf(coding['code'] ?? coding['value'])))
        this.tokens.add(token);
      this.#addText(name, textOf(coding['display']));
    }
    this.#addText(name, textOf(value['text']));
  }

  #addReference(name: string, targets: readonly string[], value: unknown): void {
    const reference = isObject(value) ? textOf(value['reference']) : textOf(value);
    if (isObject(value) && isObject(value['identifier']))
      this.#addTokens(`${name}:identifier`, value['identifier']);
    if (reference === undefined) return;
    const type = RELATIVE.test(reference) ? reference.split('/', 1)[0] : undefined;
    if (type === undefined ? ABSOLUTE.test(reference) : targets.length === 0 || targets.includes(type))
      this.links.add(`${name}=${reference}`);
  }

  #addAddress(name: string, value: unknown): void {
    const address = textOf(value);
    if (address === undefined) return;
    // The version of a profile, and the exchange that a source names, are no part of what is searched for.
    for (const text of new Set([address, address.split(/[|#]/, 1)[0] ?? address]))
      for (const token of tokenHashes(name, undefined, text)) this.tokens.add(token);
  }

  #addQuantity(name: string, value: unknown): void {
    if (!isObject(value)) return;
    const number = value['value'] as Decimal | undefined;
    if (typeof number !== 'number' && typeof number !== 'object') return;
    const [s, c, u] = [textOf(value['system']), textOf(value['code']), textOf(value['unit'])];
    this.#quantities.push({
      n: name,
      v: decimalText(number),
      ...(s === undefined ? {} : { s }),
      ...(c === undefined ? {} : { c }),
      ...(u === undefined ? {} : { u }),
    });
  }

  #addText(name: string, text: string | undefined): void {
    const folded = text === undefined ? '' : foldText(text);
    if (folded !== '') this.#texts.set(`${name}=${folded}`, { n: name, t: folded });
  }
}

interface Interval {
  readonly from: string;
  readonly until: string;
}

/** The stretches of time that a date, a Period or a Timing covers. */
function intervalsOf(value: unknown): Interval[] {
  if (typeof value === 'string') {
    const interval = findTimeInterval(value);
    return interval === undefined
      ? []
      : [{ from: toTimestamp(interval.from), until: toTimestamp(interval.until) }];
  }
  if (!isObject(value)) return [];
  if (Array.isArray(value['event'])) return value['event'].flatMap(intervalsOf);
  if (isObject(value['repeat'])) return intervalsOf(value['repeat']['boundsPeriod']);
  const start = typeof value['start'] === 'string' ? findTimeInterval(value['start']) : undefined;
  const end = typeof value['end'] === 'string' ? findTimeInterval(value['end']) : undefined;
  if (start === undefined && end === undefined) return [];
  // A period without an end still goes on; one without a start always did.
  const from = start === undefined ? '-infinity' : toTimestamp(start.from);
  return [{ from, until: end === undefined ? 'infinity' : toTimestamp(end.until) }];
}

/** Of the first coding; of a concept without codings its text. */
function codeOf(resource: FhirResource, recorded: RecordedType): string | null {
  const concept = recorded.code === undefined ? undefined : resource[recorded.code];
  if (!isObject(concept)) return null;
  const coding = Array.isArray(concept['coding']) ? concept['coding'].find(isObject) : undefined;
  const code = textOf(coding?.['code']);
  if (code !== undefined) return codeHash(textOf(coding?.['system']), code);
  const text = textOf(concept['text']);
  return text === undefined ? null : codeHash('text', foldText(text));
}

/** A string as it is, or the parts of a HumanName or an Address. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (!isObject(value)) return [];
  return ['text', 'family', 'given', 'prefix', 'line', 'city', 'district', 'state', 'postalCode', 'country']
    .flatMap((part) => value[part])
    .filter((part) => typeof part === 'string');
}

const EXTENSION = /^extension\((.+)\)$/;

/** Values at a path, arrays flattened. */
function valuesAt(resource: JsonObject, path: readonly string[]): unknown[] {
  let values: unknown[] = [resource];
  for (const step of path) {
    const url = EXTENSION.exec(step)?.[1];
    const name = url === undefined ? step : 'extension';
    values = values.flatMap((value) => (isObject(value) ? value[name] : undefined)).filter(isPresent);
    if (url !== undefined) values = values.filter((value) => isObject(value) && value['url'] === url);
    if (values.length === 0) break;
  }
  return values;
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
