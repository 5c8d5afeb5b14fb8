import { Injectable } from '@nestjs/common';
import type { MappingIssue, MessageId, RecordNormalised, RecordRejected, Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import { PatientKeyring } from '@samenhang/patient-identity';
import { NeighbourServices } from '../outbound/neighbour-services.js';
import type { Source } from '../sources/source.js';
import { inParts } from './in-parts.js';
import type { OriginalMessage } from './original-message.js';
import { orderingKeyOf } from './read-again.js';
import { replayPayload } from './republish.js';

/** How a resource of the record would differ: names and paths, never values. */
export interface ResourceDifference {
  readonly resourceType: string;
  readonly id: string;
  readonly action: 'created' | 'changed' | 'deleted' | 'unchanged';
  /** Elements that differ, as FHIRPath. */
  readonly elements: readonly string[];
  /** Why nothing changes although the message says something else: the source has said so since. */
  readonly supersededBy?: 'newer-message';
}

/** What a replay of one message would do. */
export interface MessageDifference {
  readonly messageId: MessageId;
  readonly controlId: string | null;
  readonly position: number;
  readonly outcome: 'applied' | 'rejected';
  readonly issues: readonly MappingIssue[];
  readonly resources: readonly ResourceDifference[];
  readonly merges: number;
}

type Mapped =
  | { readonly type: 'record.normalised'; readonly payload: RecordNormalised }
  | { readonly type: 'record.rejected'; readonly payload: RecordRejected };

type Compared = Pick<MessageDifference, 'outcome' | 'issues' | 'resources' | 'merges'>;

export interface DryRunTerms {
  readonly tenant: Ura;
  readonly source: Source;
  readonly accepting: readonly string[];
  readonly caller: VerifiedIdentity;
  /** Set of code tables to map by; without it that in use. */
  readonly tables: number | undefined;
  /** Version of the mapping to map by; without it that in use. */
  readonly mapBy: string | undefined;
}

/** Bodies of requests stay well below what a service takes. */
const PART_BYTES = 4 * 1024 * 1024;
const LARGEST_BYTES = 9 * 1024 * 1024;

/**
 * What a replay would change, without changing anything: the messages are mapped by `normalise` as they would be, and `record`
 * compares the result with what it holds. On the caller's authority, passed on by token exchange (RFC 8693).
 */
@Injectable()
export class DryRun {
  constructor(
    private readonly neighbours: NeighbourServices,
    private readonly keyring: PatientKeyring,
  ) {}

  async compare(originals: readonly OriginalMessage[], terms: DryRunTerms): Promise<MessageDifference[]> {
    const found = new Map<string, Compared>();
    const readable = originals.filter((original) => {
      const issue = this.#issueOf(original, terms.source);
      if (issue !== undefined) found.set(original.id, rejectedFor([issue]));
      return issue === undefined;
    });
    const mapped = await this.#map(readable, terms, found);
    await this.#difference(mapped, terms, found);
    return originals.map(({ id, controlId, position }) => ({
      messageId: id,
      controlId,
      position,
      ...(found.get(id) ?? rejectedFor([tooLarge])),
    }));
  }

  /** @throws Failure('invalid') that says which versions there are, when there is no such version of the mapping */
  async requireVersion(version: string, caller: VerifiedIdentity): Promise<void> {
    const path = `/mapping-versions/${encodeURIComponent(version)}`;
    try {
      await this.neighbours.ask('normalise', caller, path);
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'not-found') throw error;
      throw new Failure('invalid', error.message);
    }
  }

  #issueOf(original: OriginalMessage, source: Source): MappingIssue | undefined {
    try {
      orderingKeyOf(original, source, this.keyring);
      return undefined;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const [issue] = error.issues;
      return {
        severity: 'error',
        code: issue?.code ?? 'unreadable',
        location: issue?.expression ?? '',
        text: issue?.text ?? error.message,
      };
    }
  }

  async #map(
    originals: readonly OriginalMessage[],
    { tenant, source, accepting, caller, tables, mapBy }: DryRunTerms,
    found: Map<string, Compared>,
  ): Promise<RecordNormalised[]> {
    const terms = { tenant, source, accepting, mapBy, replayedAt: new Date(), run: undefined };
    const payloads = originals.map((original) => JSON.stringify(replayPayload(original.id, original, terms)));
    const normalised: RecordNormalised[] = [];
    for (const messages of inParts(payloads, PART_BYTES, LARGEST_BYTES)) {
      const results = await this.#ask<Mapped>('normalise', '/dry-run', messages, caller, tables);
      for (const { type, payload } of results) {
        if (type === 'record.normalised') normalised.push(payload);
        else found.set(payload.messageId, rejectedFor(payload.issues));
      }
    }
    return normalised;
  }

  async #difference(
    normalised: readonly RecordNormalised[],
    { caller }: DryRunTerms,
    found: Map<string, Compared>,
  ): Promise<void> {
    const payloads = normalised.map((payload) => JSON.stringify(payload));
    for (const messages of inParts(payloads, PART_BYTES, LARGEST_BYTES)) {
      const results = await this.#ask<Compared & { messageId: string }>(
        'record',
        '/differences',
        messages,
        caller,
      );
      for (const { messageId, ...compared } of results) found.set(messageId, compared);
    }
  }

  async #ask<T>(
    service: 'normalise' | 'record',
    path: string,
    messages: readonly string[],
    caller: VerifiedIdentity,
    tables?: number,
  ): Promise<readonly T[]> {
    const body = `{"messages":[${messages.join(',')}]${tables === undefined ? '' : `,"tables":${String(tables)}`}}`;
    return (await this.neighbours.ask<{ results: readonly T[] }>(service, caller, path, body)).results;
  }
}

function rejectedFor(issues: readonly MappingIssue[]): Compared {
  return { outcome: 'rejected', issues, resources: [], merges: 0 };
}

const tooLarge: MappingIssue = {
  severity: 'information',
  code: 'too-large-for-a-dry-run',
  location: '',
  text: 'This message or its resources are larger than a dry run can carry; a replay can',
};
