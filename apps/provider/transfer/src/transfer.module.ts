import { Module } from '@nestjs/common';
import { IdentityModule, servicePolicies } from '@samenhang/identity';
import { LOGGER, ServiceEnvironment, STATUS_COUNTS } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { DeliveryWorker } from './deliveries/delivery-worker.js';
import { InboxController } from './inbox/inbox.controller.js';
import { InboxService } from './inbox/inbox.service.js';
import { ItemSecrets } from './inbox/item-secrets.js';
import { PullWorker } from './inbox/pull-worker.js';
import { SenderTasks } from './inbox/sender-tasks.js';
import { JointController } from './joint/joint.controller.js';
import { JointService } from './joint/joint.service.js';
import { OfferController } from './offers/offer.controller.js';
import { OfferService } from './offers/offer.service.js';
import { PeerClient } from './peers/peer-client.js';
import { RecordReads } from './sender/record-reads.js';
import { SenderAccessService } from './sender/sender-access.service.js';
import { TransferFhirController } from './sender/transfer-fhir.controller.js';
import { Tenants } from './storage/tenants.js';
import { transferCounts } from './storage/transfer-counts.js';
import { TransferSeal } from './storage/transfer-seal.js';
import { DECISION_POINT } from './tokens.js';
import { TransferConfiguration } from './transfer.configuration.js';

@Module({
  imports: [IdentityModule],
  controllers: [OfferController, InboxController, JointController, TransferFhirController],
  providers: [
    TransferSeal,
    PeerClient,
    DeliveryWorker,
    PullWorker,
    SenderTasks,
    ItemSecrets,
    OfferService,
    InboxService,
    JointService,
    RecordReads,
    SenderAccessService,
    { provide: DECISION_POINT, useFactory: servicePolicies, inject: [ServiceEnvironment, LOGGER] },
    {
      provide: Tenants,
      useFactory: (configuration: TransferConfiguration) => new Tenants(configuration.tenants),
      inject: [TransferConfiguration],
    },
    {
      provide: STATUS_COUNTS,
      useFactory: (dataSource: DataSource) => () => transferCounts(dataSource),
      inject: [DataSource],
    },
  ],
})
export class TransferModule {}
