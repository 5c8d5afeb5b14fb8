import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import {
  EvaluationRequestError,
  readEvaluation,
  readEvaluations,
  toEvaluationAnswer,
  type DecisionPoint,
  type EvaluationAnswer,
  type EvaluationsSemantic,
} from '@samenhang/authorisation';
import { Failure } from '@samenhang/errors';
import { Public, RequireScopes } from '@samenhang/identity';
import { ServiceEnvironment } from '@samenhang/service-kit';

export const DECISION_POINT = Symbol('authorisation-server.decision-point');

/** After which answer the evaluations that follow are left out. */
const lastAnswer: Readonly<Record<EvaluationsSemantic, boolean | undefined>> = {
  execute_all: undefined,
  deny_on_first_deny: false,
  permit_on_first_permit: true,
};

/** The policy decision point for other systems, in the form of the AuthZEN Authorization API 1.0. */
@Controller()
export class EvaluationController {
  constructor(
    @Inject(DECISION_POINT) private readonly decisions: DecisionPoint,
    private readonly environment: ServiceEnvironment,
  ) {}

  @Public()
  @Get('.well-known/authzen-configuration')
  configuration(): Record<string, string> {
    const { publicUrl } = this.environment;
    return {
      policy_decision_point: publicUrl,
      access_evaluation_endpoint: `${publicUrl}/access/v1/evaluation`,
      access_evaluations_endpoint: `${publicUrl}/access/v1/evaluations`,
    };
  }

  @Post('access/v1/evaluation')
  @HttpCode(200)
  @RequireScopes('access:evaluate')
  evaluation(@Body() body: unknown): EvaluationAnswer {
    const input = readable(() => readEvaluation(body));
    return toEvaluationAnswer(this.decisions.decide(input));
  }

  @Post('access/v1/evaluations')
  @HttpCode(200)
  @RequireScopes('access:evaluate')
  evaluations(@Body() body: unknown): { evaluations: EvaluationAnswer[] } {
    const { evaluations, semantic } = readable(() => readEvaluations(body));
    const answers: EvaluationAnswer[] = [];
    for (const input of evaluations) {
      const answer = toEvaluationAnswer(this.decisions.decide(input));
      answers.push(answer);
      if (answer.decision === lastAnswer[semantic]) break;
    }
    return { evaluations: answers };
  }
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof EvaluationRequestError) throw new Failure('malformed', error.message);
    throw error;
  }
}
