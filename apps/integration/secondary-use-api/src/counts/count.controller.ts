import { Body, Controller, HttpCode, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { CountService } from './count.service.js';

/** For researchers: counts, as far as they say nothing about anyone. */
@Controller('permits/:id/counts')
@RequireScopes('research:use')
export class CountController {
  constructor(private readonly counts: CountService) {}

  /** `{conditions: [{dimension, value}]}`. */
  @Post()
  @HttpCode(200)
  async count(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() body: unknown,
    @Identity() who: VerifiedIdentity,
  ): Promise<object> {
    const { answer, holders } = await this.counts.count(id, body, who);
    return { ...answer, holders: holders.map(({ custodian, status }) => ({ custodian, status })) };
  }
}
