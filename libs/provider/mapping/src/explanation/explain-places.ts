import type { SourceMessage } from '../source-message.js';
import { alterationsOf, type KnownEntries } from './alterations.js';
import { readHl7Places } from './hl7-places.js';
import { readJsonPlaces } from './json-places.js';
import { effectOf, type Effect, type ElementRuns } from './runs.js';
import type { EditableMessage, Edits, SourcePlace } from './source-place.js';
import { readXmlPlaces } from './xml-places.js';

/** A place of the message that an element depends on. Never what stands there. */
export interface ExplainedPlace {
  readonly path: string;
  readonly bytes?: { readonly start: number; readonly end: number };
  /** `value`: another text there is another value here. `condition`: without it (or with another) there is no value. */
  readonly effect: Effect;
}

/** Above so many bytes to map in all, groups of places that the element does not depend on are set aside first. */
const TRIED_ONE_BY_ONE = 2_000_000;
/** How often a place is tried, about. */
const TRIALS = 4;

function readPlaces({ format, content, settings }: SourceMessage): EditableMessage | undefined {
  if (format === 'hl7v2') return readHl7Places(content, settings.defaultCharset);
  if (format === 'cda') return readXmlPlaces(content);
  return readJsonPlaces(content);
}

/** The places of the message that the element depends on, found by trying each. */
export async function explainPlaces(
  message: SourceMessage,
  runs: ElementRuns,
  tables: KnownEntries,
): Promise<ExplainedPlace[]> {
  const editable = readPlaces(message);
  if (editable === undefined) return [];
  const all = editable.places.map((_place, index) => index);
  const isLarge = all.length * TRIALS * message.content.length > TRIED_ONE_BY_ONE;
  const aside = isLarge ? await setAside(editable, all, runs) : new Set<number>();
  const candidates = all.filter((index) => !aside.has(index));
  const trial = new PlaceTrial(editable, runs, (text) => alterationsOf(text, tables, message.settings.table));
  const found = await trial.effects(candidates, aside);
  if ([...found.values()].includes('value')) return toExplained(editable.places, found);
  // The value may stand in two places, each of which would do: with all set aside that can be, the last one tells.
  const rest = await narrow(editable, candidates, aside, runs);
  const held = await trial.effects(
    candidates.filter((index) => !rest.has(index)),
    rest,
  );
  return toExplained(editable.places, new Map([...found, ...held]));
}

function toExplained(places: readonly SourcePlace[], effects: ReadonlyMap<number, Effect>): ExplainedPlace[] {
  return [...effects].flatMap(([index, effect]) => {
    const place = places[index];
    if (place === undefined) return [];
    const { path, bytes } = place;
    return [{ path, ...(bytes === undefined ? {} : { bytes }), effect }];
  });
}

/** Tries places one by one, while others are out of the message. */
class PlaceTrial {
  constructor(
    private readonly editable: EditableMessage,
    private readonly runs: ElementRuns,
    private readonly alterations: (text: string) => readonly string[],
  ) {}

  async effects(candidates: readonly number[], aside: ReadonlySet<number>): Promise<Map<number, Effect>> {
    const found = new Map<number, Effect>();
    for (const index of candidates) {
      if (this.runs.isExhausted) break;
      const effect = await this.#effectOf(index, aside);
      if (effect !== undefined) found.set(index, effect);
    }
    return found;
  }

  async #effectOf(index: number, aside: ReadonlySet<number>): Promise<Effect | undefined> {
    const { text = '' } = this.editable.places[index] ?? {};
    const texts = [undefined, ...this.alterations(text)];
    let strongest: Effect | undefined;
    for (const other of texts) {
      const edits = new Map([...takenOut(aside), [index, other] as const]);
      const effect = effectOf(this.runs.original, await this.runs.withContent(this.editable.write(edits)));
      if (effect === 'value') return effect;
      strongest ??= effect;
    }
    return strongest;
  }
}

function takenOut(places: ReadonlySet<number>): Map<number, string | undefined> {
  return new Map([...places].map((index) => [index, undefined]));
}

/** Takes out, half by half, the groups of places (segments, entries) without which the element stays as it is. */
async function setAside(
  editable: EditableMessage,
  all: readonly number[],
  runs: ElementRuns,
): Promise<Set<number>> {
  const groups = new Map<string, number[]>();
  for (const index of all) {
    const { group = '' } = editable.places[index] ?? {};
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [index]);
    else known.push(index);
  }
  const aside = new Set<number>();
  await thin([...groups.values()], aside, editable, runs);
  return aside;
}

async function narrow(
  editable: EditableMessage,
  candidates: readonly number[],
  aside: ReadonlySet<number>,
  runs: ElementRuns,
): Promise<Set<number>> {
  const all = new Set(aside);
  await thin(
    candidates.map((index) => [index]),
    all,
    editable,
    runs,
  );
  return all;
}

/** Adds to `aside` what can be missing: all of it at once where possible, else each half in turn. */
async function thin(
  groups: readonly (readonly number[])[],
  aside: Set<number>,
  editable: EditableMessage,
  runs: ElementRuns,
): Promise<void> {
  if (groups.length === 0 || runs.isExhausted) return;
  const edits: Edits = takenOut(new Set([...aside, ...groups.flat()]));
  if (effectOf(runs.original, await runs.withContent(editable.write(edits))) === undefined) {
    for (const index of groups.flat()) aside.add(index);
    return;
  }
  if (groups.length === 1) return;
  const middle = groups.length >> 1;
  await thin(groups.slice(0, middle), aside, editable, runs);
  await thin(groups.slice(middle), aside, editable, runs);
}
