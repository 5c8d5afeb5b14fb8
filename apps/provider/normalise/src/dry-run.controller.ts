import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { assertEventContract, eventVersions, type SourceMessageReceived } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { PatientKeyring } from '@samenhang/patient-identity';
import { mapReceived, type MappedMessage } from './map-received.js';

const MOST_MESSAGES = 100;

/** Maps messages as if they had just arrived, and publishes nothing: what a replay would make of them. */
@Controller('dry-run')
export class DryRunController {
  constructor(@Inject(PatientKeyring) private readonly keyring: PatientKeyring) {}

  @Post()
  @HttpCode(200)
  @RequireScopes('normalise:map')
  map(@Body() body: unknown, @Identity() identity: VerifiedIdentity): { results: MappedMessage[] } {
    const tenant = identity.organisation?.ura;
    if (tenant === undefined) throw new Failure('forbidden', 'The access token is of no care provider');
    return {
      results: readMessages(body).map((message) => mapReceived(message, tenant, this.keyring).mapped),
    };
  }
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
