import { setImmediate } from 'node:timers/promises';
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { assertEventContract, eventVersions, type SourceMessageReceived } from '@samenhang/data-model';
import { Failure, type FailureKind } from '@samenhang/errors';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { explainElement, type Explanation, type ExplanationProblem } from '@samenhang/mapping';
import { PatientKeyring } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { sourceMessageOf } from './map-received.js';
import { ActiveMapping } from './tables/active-mapping.js';

interface Question {
  readonly message: SourceMessageReceived;
  readonly resourceType: string;
  readonly id: string;
  readonly path: string;
}

const problems: Readonly<Record<ExplanationProblem, readonly [FailureKind, string]>> = {
  'no-such-resource': ['not-found', 'The mapping and settings of now make no such resource of this message'],
  'no-such-element': ['not-found', 'The resource that the message makes has no such element'],
  'not-a-path': ['malformed', 'path is names and indexes, such as name[0].family or value.ofType(Quantity)'],
};

/** From which places of a message an element of a resource comes. Places and names, never what stands there. */
@Controller('explanations')
export class ExplanationsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly mapping: ActiveMapping,
    @Inject(PatientKeyring) private readonly keyring: PatientKeyring,
  ) {}

  @Post()
  @HttpCode(200)
  @RequireScopes('normalise:map')
  async explain(@Body() body: unknown, @Identity() identity: VerifiedIdentity): Promise<Explanation> {
    const tenant = identity.organisation?.ura;
    if (tenant === undefined) throw new Failure('forbidden', 'The access token is of no care provider');
    const { message, ...target } = readQuestion(body);
    const mapping = await inTransaction(this.dataSource, (transaction) => this.mapping.current(transaction));
    const source = sourceMessageOf(message, tenant, this.keyring);
    const explanation = await explainElement(source, target, mapping, () => setImmediate());
    if (typeof explanation !== 'string') return explanation;
    const [kind, text] = problems[explanation];
    throw new Failure(kind, text);
  }
}

function readQuestion(body: unknown): Question {
  const { message, resourceType, id, path } = (body ?? {}) as Partial<Question>;
  if (typeof resourceType !== 'string' || typeof id !== 'string' || typeof path !== 'string')
    throw new Failure('malformed', 'message, resourceType, id and path are required');
  const type = 'source-message.received';
  const payload = message as SourceMessageReceived;
  try {
    assertEventContract({ type, version: eventVersions[type], key: 'explanation', payload });
  } catch (cause) {
    throw new Failure('malformed', 'The message is not as the event catalogue has it', { cause });
  }
  return { message: payload, resourceType, id, path };
}
