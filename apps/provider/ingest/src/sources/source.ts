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

/** What the mapping needs to know of a source. */
export function settingsOf({ declaration }: Source): SourceSettings {
  const { localIdentifierSystem, timeZone, defaultCharset } = declaration.settings;
  return { localIdentifierSystem, timeZone, defaultCharset, displayName: declaration.displayName };
}

/** Something that fetches or awaits messages of a source for as long as it is declared. */
export interface SourceConnection {
  close(): Promise<void>;
}

/** Opens connections for sources of one kind; sources that push over HTTP need none. */
export interface SourceConnector {
  readonly kind: SourceDeclaration['kind'];
  open(source: Source): Promise<SourceConnection>;
}
