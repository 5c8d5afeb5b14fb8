import type { FhirResource, MappingIssue } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import {
  currentMapping,
  mappingWithTables,
  normaliseMessage,
  readTableSet,
  type Mapping,
  type SourceMessage,
  type TableFiles,
} from '@samenhang/mapping';
import { usage } from '../terminal/command-failure.js';

/** A mapping without an installation: of this release, or of an earlier one that is kept in a folder. */
export interface OfflineMapping {
  /** Of this release, or in the place of its own. */
  readonly tables?: Mapping['tables'];
  map(message: SourceMessage): OfflineResult | Promise<OfflineResult>;
  /** Of an earlier release, which runs in a thread of its own. */
  close?(): Promise<void>;
}

type OfflineResult =
  | { readonly outcome: 'rejected'; readonly issues: readonly MappingIssue[] }
  | {
      readonly outcome: 'accepted';
      readonly issues: readonly MappingIssue[];
      readonly resources: readonly FhirResource[];
      /** As an earlier release wrote them: byte by byte. */
      readonly bodies?: readonly string[];
    };

export interface MappingChoice {
  readonly tables?: string;
  readonly mappingVersion?: string;
  readonly releases?: string;
}

const LONGEST_MESSAGE_MS = 60_000;

/** @throws CommandFailure (wrong usage) */
export async function offlineMapping(choice: MappingChoice): Promise<OfflineMapping> {
  const { tables, mappingVersion: version } = choice;
  const files = tables === undefined ? undefined : await filesOf(tables);
  if (version !== undefined && version !== currentMapping.version) return ofRelease(version, choice, files);
  const mapping = files === undefined ? currentMapping : mappingWithTables(readFiles(files, tables), 0);
  return {
    tables: mapping.tables,
    map: (message) => {
      const result = normaliseMessage(message, mapping);
      if (result.outcome === 'rejected') return result;
      const resources = result.changes.flatMap((change) =>
        change.action === 'put' ? [change.resource] : [],
      );
      return { outcome: 'accepted', issues: result.issues, resources };
    },
  };
}

async function ofRelease(
  version: string,
  { releases = process.env['MAPPING_RELEASES'] ?? '' }: MappingChoice,
  files: TableFiles | undefined,
): Promise<OfflineMapping> {
  const { readRelease, ReleaseThread } = await import('@samenhang/normalise');
  const terms = { hashing: false, limitMs: LONGEST_MESSAGE_MS };
  const set = files === undefined ? {} : { tables: { version: 0, files } };
  try {
    const thread = await ReleaseThread.start(await readRelease(releases, version), { ...terms, ...set });
    return {
      map: async (message) => {
        const written = await thread.map(message, new Date(0).toISOString());
        if (written.outcome === 'rejected') return written;
        const bodies = written.changes.flatMap((change) => (change.action === 'put' ? [change.body] : []));
        return { outcome: 'accepted', issues: written.issues, resources: [], bodies };
      },
      close: () => thread.close(),
    };
  } catch (error) {
    if (error instanceof Failure) throw usage(error.message);
    throw error;
  }
}

async function filesOf(folder: string): Promise<TableFiles> {
  const { readTableFolder } = await import('./table-folder.js');
  return (await readTableFolder(folder)).files;
}

function readFiles(files: TableFiles, folder = ''): Parameters<typeof mappingWithTables>[0] {
  const read = readTableSet(files);
  if ('set' in read) return read.set;
  const [first] = read.problems;
  throw usage(`${folder}/${first?.file ?? ''}.json: ${first?.entry ?? ''} ${first?.text ?? ''}`);
}
