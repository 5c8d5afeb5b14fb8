import { Module } from '@nestjs/common';
import { IdentityModule } from '@samenhang/identity';
import { STATUS_COUNTS, type StatusCounts } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { ChoiceStore } from './choices/choice-store.js';
import { ChoicesController } from './choices/choices.controller.js';
import { ObjectionNames } from './opt-outs/objection-names.js';
import { OptOutController } from './opt-outs/opt-out.controller.js';
import { OptOutStore } from './opt-outs/opt-out-store.js';
import { SecondaryUseObjectionsController } from './opt-outs/secondary-use-objections.controller.js';
import { PatientKeys } from './patient-keys.js';
import { QuestionController } from './question/question.controller.js';
import { indexClientProvider } from './restrictions/index-client.js';
import { RestrictionController } from './restrictions/restriction.controller.js';

@Module({
  imports: [IdentityModule],
  controllers: [
    QuestionController,
    ChoicesController,
    RestrictionController,
    OptOutController,
    SecondaryUseObjectionsController,
  ],
  providers: [
    ChoiceStore,
    OptOutStore,
    ObjectionNames,
    PatientKeys,
    indexClientProvider,
    {
      provide: STATUS_COUNTS,
      useFactory:
        (dataSource: DataSource): StatusCounts =>
        async () => {
          const [row] = (await dataSource.query('SELECT count(*)::int AS choices FROM choice')) as {
            choices: number;
          }[];
          return { consentChoices: row?.choices ?? 0 };
        },
      inject: [DataSource],
    },
  ],
})
export class ConsentRegisterModule {}
