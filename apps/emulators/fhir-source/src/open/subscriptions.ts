import { Inject, Injectable } from '@nestjs/common';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { ResourceCollection } from '../resources/resource-collection.js';

interface Channel {
  readonly type?: string;
  readonly endpoint?: string;
  readonly header?: readonly string[];
}

/** Rest-hook Subscriptions among the resources: an empty notification when something of their type changed. */
@Injectable()
export class Subscriptions {
  constructor(
    private readonly resources: ResourceCollection,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  tell(type: string): void {
    for (const { content } of this.resources.all('Subscription')) {
      const { status, criteria, channel } = content as {
        status?: string;
        criteria?: string;
        channel?: Channel;
      };
      const isMeant = (status === 'active' || status === 'requested') && criteria?.split('?', 1)[0] === type;
      if (isMeant && channel?.type === 'rest-hook' && channel.endpoint !== undefined)
        void this.#notify(channel.endpoint, channel);
    }
  }

  async #notify(endpoint: string, { header = [] }: Channel): Promise<void> {
    const headers = header.map((line): [string, string] => {
      const [name = '', ...value] = line.split(':');
      return [name.trim(), value.join(':').trim()];
    });
    try {
      const answer = await fetch(endpoint, { method: 'POST', headers, signal: AbortSignal.timeout(10_000) });
      if (!answer.ok) this.logger.warn({ status: answer.status }, 'a notification was not taken');
    } catch (error) {
      this.logger.warn({ error }, 'a notification could not be delivered');
    }
  }
}
