import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { CreateInbox1796100001000 } from './inbox/create-inbox.migration.js';
import { CreateJoint1796100002000 } from './joint/create-joint.migration.js';
import { CreateTask1796100000000 } from './tasks/create-task.migration.js';
import { TransferConfiguration } from './transfer.configuration.js';
import { TransferModule } from './transfer.module.js';

export const transferService: ServiceDefinition = {
  name: 'transfer',
  title: 'Protocolled transfer and joint records',
  portOffset: portOffsets.transfer,
  module: TransferModule,
  database: { migrations: [CreateTask1796100000000, CreateInbox1796100001000, CreateJoint1796100002000] },
  configuration: TransferConfiguration,
};
