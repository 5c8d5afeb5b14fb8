import { Module } from '@nestjs/common';
import { IdentityModule, PatientBinding, type PatientBindingSecret } from '@samenhang/identity';
import { ServerPolicy, ServiceEnvironment, STATUS_COUNTS, type StatusCounts } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { ConsentRegisterConfiguration } from './consent-register.configuration.js';
import { Notifier } from './subscriptions/notifier.js';
import { PresentState } from './subscriptions/present-state.js';
import { SubscriptionController } from './subscriptions/subscription.controller.js';
import { SubscriptionStore } from './subscriptions/subscription-store.js';
import { ChoiceStore } from './choices/choice-store.js';
import { ChoicesController } from './choices/choices.controller.js';
import { ChoicesOfCitizen } from './choices/choices-of-citizen.js';
import { ObjectionNames } from './opt-outs/objection-names.js';
import { OptOutController } from './opt-outs/opt-out.controller.js';
import { OptOutsOfCitizen } from './opt-outs/opt-outs-of-citizen.js';
import { OptOutStore } from './opt-outs/opt-out-store.js';
import { SecondaryUseObjectionsController } from './opt-outs/secondary-use-objections.controller.js';
import { OwnChoicesController } from './own/own-choices.controller.js';
import { OwnPatient, PATIENT_BINDING } from './own/own-patient.js';
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
    SubscriptionController,
    OwnChoicesController,
  ],
  providers: [
    ChoiceStore,
    ChoicesOfCitizen,
    OptOutsOfCitizen,
    OwnPatient,
    {
      provide: PATIENT_BINDING,
      useFactory: (environment: ServiceEnvironment) => () =>
        new PatientBinding(environment.secret<PatientBindingSecret>('patient-binding')),
      inject: [ServiceEnvironment],
    },
    OptOutStore,
    ObjectionNames,
    PresentState,
    SubscriptionStore,
    Notifier,
    {
      provide: ServerPolicy,
      inject: [ConsentRegisterConfiguration],
      useFactory: ({ notifyServers }: ConsentRegisterConfiguration) => new ServerPolicy(notifyServers),
    },
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
