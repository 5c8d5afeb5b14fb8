import type { SourceId, SourceSettings, Ura } from '@samenhang/data-model';
import type { SourceDeclaration } from './source-declaration.js';

/** A connected source system of one care provider. */
export interface Source {
  readonly tenant: Ura;
  readonly id: SourceId;
  readonly declaration: SourceDeclaration;
}

/** Names a source in maps; neither part can hold the separator. */
export function sourceKey(source: { readonly tenant: string; readonly id: string }): string {
  return `${source.tenant}/${source.id}`;
}

/** What the mapping needs to know of a source. It travels with each message: a change is for messages after it. */
export function settingsOf({ declaration }: Source): SourceSettings {
  const { settings, displayName, table } = declaration;
  const { localIdentifierSystem, timeZone, defaultCharset } = settings;
  return {
    localIdentifierSystem,
    timeZone,
    defaultCharset,
    displayName,
    ...(table === undefined ? {} : { table }),
  };
}

/** Something that fetches or awaits messages of a source for as long as it is declared and not paused. */
export interface SourceConnection {
  /** What is wrong at present, without patient data. */
  fault?(): string | undefined;
  close(): Promise<void>;
}

/** Opens connections for sources that it serves; for one that only pushes over HTTP nothing needs to be open. */
export interface SourceConnector {
  serves(declaration: SourceDeclaration): boolean;
  open(source: Source): Promise<SourceConnection>;
}

export type SourceState = 'receiving' | 'paused' | 'failing';

/** A source and how it fares. */
export interface SourceStatus {
  readonly source: Source;
  readonly state: SourceState;
  readonly pausedAt: Date | undefined;
  /** Why it cannot be connected; it is tried again. */
  readonly reason: string | undefined;
}
