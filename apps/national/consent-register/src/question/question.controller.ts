import { Body, Controller, Headers, Inject, Post, Res } from '@nestjs/common';
import { recordAccess, type AccessOutcome } from '@samenhang/audit';
import { combineChoices, type ConsentReason } from '@samenhang/consent';
import { Failure } from '@samenhang/errors';
import type { EventLog } from '@samenhang/event-log';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import {
  readClosedQuestion,
  soapMediaType,
  writeClosedAnswer,
  writeFault,
  XmlError,
  type ClosedDecision,
  type ClosedQuestion,
} from '@samenhang/mitz';
import { toPatientIdentifier } from '@samenhang/patient-identity';
import { statementByStatement } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { ChoiceStore } from '../choices/choice-store.js';
import { toChoiceQuestion, toConsentChoice, TREATMENT } from '../choices/choice.js';
import { OptOutStore } from '../opt-outs/opt-out-store.js';
import { PatientKeys } from '../patient-keys.js';

const decisionOf: Partial<Record<ConsentReason, ClosedDecision>> = {
  permit: 'Permit',
  deny: 'Deny',
  'not-applicable': 'NotApplicable',
};

/** The closed question, on the path and in the form of the national register. */
@Controller('geslotenautorisatievraag')
export class QuestionController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly choices: ChoiceStore,
    private readonly optOuts: OptOutStore,
    private readonly keys: PatientKeys,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  @Post('xacml3')
  @RequireScopes('consent:ask')
  async ask(
    @Body() body: unknown,
    @Headers('content-type') contentType: string | undefined,
    @Identity() identity: VerifiedIdentity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (typeof body !== 'string' || contentType?.startsWith('application/soap+xml') !== true) {
      throw new Failure('unsupported-media-type', 'A SOAP 1.2 message is required');
    }
    const question = findQuestion(body);
    if (question === undefined) return send(reply, 400, writeFault('Sender', 'The question is malformed'));
    // Only the holder of the data may ask: the answer says something about the patient.
    if (identity.organisation?.ura !== question.holder) {
      await this.#record(identity, question, 'denied', 'not_the_holder');
      return send(reply, 403, writeFault('Sender', 'Only the holder of the data may ask'));
    }
    const decision = await this.#decide(question);
    await this.#record(identity, question, 'success', decision);
    return send(reply, 200, writeClosedAnswer(decision));
  }

  /** Who opted out of primary use altogether permitted nothing: it holds until it is taken back, whatever was chosen. */
  async #decide(question: ClosedQuestion): Promise<ClosedDecision> {
    const reads = statementByStatement(this.dataSource);
    const person = this.keys.keyOf(question.patient);
    if (question.purpose === TREATMENT && (await this.optOuts.find(reads, 'primary', person)) !== undefined)
      return 'Deny';
    const stored = await this.choices.list(reads, person);
    const { reason } = combineChoices(stored.map(toConsentChoice), toChoiceQuestion(question), new Date());
    return decisionOf[reason] ?? 'Indeterminate';
  }

  #record(
    who: VerifiedIdentity,
    question: ClosedQuestion,
    outcome: AccessOutcome,
    reason: string,
  ): Promise<void> {
    return recordAccess(this.eventLog, statementByStatement(this.dataSource), {
      activity: 'consent-question',
      outcome,
      who,
      patient: toPatientIdentifier(question.patient),
      custodian: question.holder,
      detail: { resourceTypes: ['Consent'], reasons: [reason] },
      observer: 'consent-register',
    });
  }
}

function findQuestion(body: string): ClosedQuestion | undefined {
  try {
    return readClosedQuestion(body);
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}

async function send(reply: FastifyReply, status: number, message: string): Promise<void> {
  await reply.code(status).header('cache-control', 'no-store').type(soapMediaType).send(message);
}
