import type { SourceFormat } from '@samenhang/data-model';
import { currentMapping, type Mapping } from '../mapping.js';
import type { SourceMessage } from '../source-message.js';
import { ElementPath } from './element-of.js';
import { explainPlaces, type ExplainedPlace } from './explain-places.js';
import { explainSettings, type ExplainedSetting } from './explain-settings.js';
import { effectOf, ElementRuns, type Effect, type MakeWay } from './runs.js';
import { TracedTables, type TableEntry } from './traced-tables.js';

/** Where an element of a resource comes from. */
export interface Explanation {
  readonly resource: string;
  readonly path: string;
  /** `source`: from the message; `setting`: from what is declared of the source; `rule`: the mapping says so itself. */
  readonly from: 'source' | 'setting' | 'rule';
  readonly places: readonly ExplainedPlace[];
  readonly settings: readonly ExplainedSetting[];
  readonly rule: {
    readonly format: SourceFormat;
    /** Canonical of the profile whose rules shaped the resource; absent on base R4. */
    readonly profile?: string;
    /** Entries of code tables that the value depends on. */
    readonly tables: readonly TableEntry[];
  };
  readonly mappingVersion: string;
  /** False when the message is so large that not each of its places could be tried. */
  readonly complete: boolean;
}

export type ExplanationProblem = 'no-such-resource' | 'no-such-element' | 'not-a-path';

/** What all runs together may map: seconds of work. */
const MOST_BYTES = 10_000_000;

/**
 * Where an element comes from, found by trial: the mapping is a pure function, so a place of the message belongs to an
 * element exactly when another text there, or none, makes another element. Nothing that a rule says of itself is believed.
 */
export async function explainElement(
  message: SourceMessage,
  target: { readonly resourceType: string; readonly id: string; readonly path: string },
  mapping: Mapping = currentMapping,
  makeWay: MakeWay = () => undefined,
): Promise<Explanation | ExplanationProblem> {
  const path = ElementPath.parse(target.path, target.resourceType);
  if (path === undefined) return 'not-a-path';
  const tables = new TracedTables(mapping.tables);
  const runs = new ElementRuns(message, { ...target, path }, { ...mapping, tables }, MOST_BYTES, makeWay);
  const { original, resource } = runs;
  const known = { used: tables.used, set: tables.set };
  if (resource === undefined) return 'no-such-resource';
  if (original === 'no-element') return 'no-such-element';
  const places = await explainPlaces(message, runs, known);
  const settings = await explainSettings(message, runs);
  const entries: TableEntry[] = [];
  for (const entry of known.used) {
    if (runs.isExhausted) break;
    const without = { ...mapping, tables: new TracedTables(mapping.tables, entry) };
    if (effectOf(original, await runs.withMapping(without)) !== undefined) entries.push(entry);
  }
  const meta = resource['meta'] as { readonly profile?: readonly string[] } | undefined;
  const [profile] = meta?.profile ?? [];
  const isOf = (effects: readonly { readonly effect: Effect }[]): boolean =>
    effects.some(({ effect }) => effect === 'value');
  return {
    resource: `${target.resourceType}/${target.id}`,
    path: target.path,
    from: isOf(places) ? 'source' : isOf(settings) ? 'setting' : 'rule',
    places,
    settings,
    rule: { format: message.format, ...(profile === undefined ? {} : { profile }), tables: entries },
    mappingVersion: mapping.version,
    complete: !runs.isExhausted,
  };
}
