import { portOffsets, type ServiceDefinition } from '@samenhang/service-kit';
import { DeziModule } from './dezi.module.js';

export const deziEmulatorService: ServiceDefinition = {
  name: 'dezi',
  title: 'Dezi emulator',
  portOffset: portOffsets.dezi,
  module: DeziModule,
};
