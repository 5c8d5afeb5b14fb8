import { findSourceId, findUra, type SourceSettings } from '@samenhang/data-model';
import type { SourceMessage } from '../source-message.js';
import { readJsonPlaces } from './json-places.js';
import { effectOf, type Effect, type ElementRuns, type Outcome } from './runs.js';

export interface ExplainedSetting {
  readonly name: string;
  readonly effect: Effect;
}

type Note = (name: string, outcomes: readonly Promise<Outcome>[]) => Promise<void>;

const otherSettings: Readonly<Record<keyof Omit<SourceSettings, 'table'>, readonly string[]>> = {
  localIdentifierSystem: ['urn:other'],
  timeZone: ['Pacific/Auckland', 'UTC'],
  defaultCharset: ['8859/1', 'UNICODE UTF-8'],
  displayName: ['other'],
};

/** The settings of the source that the element depends on, and whose source it is. */
export async function explainSettings(
  message: SourceMessage,
  runs: ElementRuns,
): Promise<ExplainedSetting[]> {
  const { settings } = message;
  const found: ExplainedSetting[] = [];
  const note: Note = async (name, outcomes) => {
    const effects = (await Promise.all(outcomes)).map((outcome) => effectOf(runs.original, outcome));
    const effect = effects.includes('value') ? 'value' : effects.find((one) => one !== undefined);
    if (effect !== undefined) found.push({ name, effect });
  };
  for (const [name, values] of Object.entries(otherSettings))
    await note(
      name,
      values.map((value) => runs.withSettings({ ...settings, [name]: value })),
    );
  const tenant = findUra(message.tenant === '99999999' ? '99999998' : '99999999');
  const sourceId = findSourceId(`${message.sourceId.slice(0, 40)}x`);
  if (tenant !== undefined) await note('tenant', [runs.withOwner({ tenant })]);
  if (sourceId !== undefined) await note('sourceId', [runs.withOwner({ sourceId })]);
  if (settings.table !== undefined) await explainTable(settings, settings.table, runs, note);
  return found;
}

/** What a source declares of its table is a rule of its own, place by place. */
async function explainTable(
  settings: SourceSettings,
  table: Readonly<Record<string, unknown>>,
  runs: ElementRuns,
  note: Note,
): Promise<void> {
  const editable = readJsonPlaces(Buffer.from(JSON.stringify(table)));
  for (const [index, { path, text }] of (editable?.places ?? []).entries()) {
    const outcomes = [undefined, `${text}x`].map((other) => {
      const written = editable?.write(new Map([[index, other]])) ?? Buffer.from('{}');
      return runs.withSettings({ ...settings, table: JSON.parse(written.toString()) as typeof table });
    });
    await note(`table.${path}`, outcomes);
  }
}
