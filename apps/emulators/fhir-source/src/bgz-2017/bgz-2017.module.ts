import { Module } from '@nestjs/common';
import { SmartBackend } from '../open/smart-backend.js';
import { SmartController } from '../open/smart.controller.js';
import { SmartGuard } from '../open/smart-guard.js';
import { ResourcesModule } from '../resources/resources.module.js';
import { Bgz2017Controller } from './bgz-2017.controller.js';

@Module({
  imports: [ResourcesModule],
  controllers: [SmartController, Bgz2017Controller],
  providers: [SmartBackend, SmartGuard],
})
export class Bgz2017Module {}
