import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { assertEventContract, eventVersions, type RecordNormalised, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { PatientKeyring } from '@samenhang/patient-identity';
import { DataSource } from 'typeorm';
import type { NormalisedEvent } from '../intake/check-message.js';
import { inTenant } from '../storage/tenant-fence.js';
import { compareMessages, type MessageDifference } from './compare-messages.js';

const MOST_MESSAGES = 100;

/** What normalised messages would change in the record of the caller's care provider. Names and paths, never values. */
@Controller('differences')
export class DifferencesController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keyring: PatientKeyring,
  ) {}

  @Post()
  @HttpCode(200)
  @RequireScopes('record:compare')
  async compare(
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
  ): Promise<{ results: MessageDifference[] }> {
    const tenant = identity.organisation?.ura;
    if (tenant === undefined) throw new Failure('forbidden', 'The access token is of no care provider');
    const events = readMessages(body, tenant);
    const results = await inTenant(this.dataSource, tenant, (transaction) =>
      compareMessages(transaction, events, this.keyring),
    );
    return { results };
  }
}

/** @throws Failure('malformed') unless these are payloads of `record.normalised` */
function readMessages(body: unknown, tenant: Ura): NormalisedEvent[] {
  const messages: unknown = (body as { messages?: unknown } | null | undefined)?.messages;
  if (!Array.isArray(messages) || messages.length > MOST_MESSAGES)
    throw new Failure('malformed', `messages is a list of at most ${String(MOST_MESSAGES)} messages`);
  const envelope = {
    type: 'record.normalised',
    version: eventVersions['record.normalised'],
    key: 'comparison',
    tenant,
    occurredAt: new Date().toISOString(),
  } as const;
  return messages.map((payload: RecordNormalised) => {
    const event = { ...envelope, id: envelope.key, payload };
    try {
      assertEventContract(event);
    } catch (cause) {
      throw new Failure('malformed', 'A message is not as the event catalogue has it', { cause });
    }
    return event;
  });
}
