import { Module } from '@nestjs/common';
import { NormaliseConsumer } from './normalise.consumer.js';

@Module({ controllers: [NormaliseConsumer] })
export class NormaliseModule {}
