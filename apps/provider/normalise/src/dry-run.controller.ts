import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { assertEventContract, eventVersions, type SourceMessageReceived } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { PatientKeyring } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { mapReceivedBy, type MappedMessage } from './map-received.js';
import { MappingReleases, ofThisRelease } from './releases/mapping-releases.js';
import { ActiveMapping } from './tables/active-mapping.js';

const MOST_MESSAGES = 100;

/** Maps messages as if they had just arrived, and publishes nothing: what a replay would make of them. */
@Controller('dry-run')
export class DryRunController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly mapping: ActiveMapping,
    private readonly releases: MappingReleases,
    @Inject(PatientKeyring) private readonly keyring: PatientKeyring,
  ) {}

  @Post()
  @HttpCode(200)
  @RequireScopes('normalise:map')
  async map(
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ results: MappedMessage[] }> {
    const tenant = identity.organisation?.ura;
    if (tenant === undefined) throw new Failure('forbidden', 'The access token is of no care provider');
    const messages = readMessages(body);
    const tables = readTables(body);
    const inUse = await inTransaction(this.dataSource, async (transaction) =>
      ofThisRelease(
        tables === undefined
          ? await this.mapping.current(transaction)
          : await this.mapping.of(transaction, tables),
      ),
    );
    const results: MappedMessage[] = [];
    for (const message of messages) {
      const { mapBy } = message;
      const mapping =
        mapBy === undefined
          ? inUse
          : await inTransaction(this.dataSource, (transaction) => this.releases.named(transaction, mapBy));
      results.push((await mapReceivedBy(message, tenant, this.keyring, mapping)).mapped);
    }
    return { results };
  }
}

/** The set of tables to map by, in use or not; undefined for the one in use. */
function readTables(body: unknown): number | undefined {
  const { tables } = body as { readonly tables?: unknown };
  if (tables === undefined) return undefined;
  if (!Number.isInteger(tables) || Number(tables) < 1)
    throw new Failure('malformed', 'tables is the version of a set of tables');
  return Number(tables);
}

/** @throws Failure('malformed') unless these are payloads of `source-message.received` */
function readMessages(body: unknown): SourceMessageReceived[] {
  const messages: unknown = (body as { messages?: unknown } | null | undefined)?.messages;
  if (!Array.isArray(messages) || messages.length > MOST_MESSAGES)
    throw new Failure('malformed', `messages is a list of at most ${String(MOST_MESSAGES)} messages`);
  const type = 'source-message.received';
  return messages.map((payload: SourceMessageReceived) => {
    try {
      assertEventContract({ type, version: eventVersions[type], key: 'dry-run', payload });
    } catch (cause) {
      throw new Failure('malformed', 'A message is not as the event catalogue has it', { cause });
    }
    return payload;
  });
}
