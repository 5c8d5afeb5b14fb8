import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AccessTokens, authorisedFetch } from '@samenhang/identity';
import { LOGGER, ServiceEnvironment } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { ReferenceIndexConfiguration } from '../reference-index.configuration.js';

/**
 * Tells the pseudonymisation service when nothing is kept under an older version of its key any more: only then does it
 * let that key be destroyed. A token of before the change may still register somebody under the old version alone, so that nothing
 * is reported before the last of those has expired.
 */
@Injectable()
export class KeyRelease implements OnApplicationBootstrap, OnApplicationShutdown {
  #looking: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly configuration: ReferenceIndexConfiguration,
    private readonly environment: ServiceEnvironment,
    private readonly tokens: AccessTokens,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const interval = this.configuration.rekeyingReleaseSeconds * 1_000;
    this.#looking = setInterval(() => void this.#look(), interval).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#looking);
  }

  /** What could not be reported is reported at the next look: a report that comes twice changes nothing. */
  async #look(): Promise<void> {
    try {
      const newest = await this.#findUnreported();
      if (newest === undefined || (await this.#keepsOlderThan(newest))) return;
      await this.#report(newest - 1);
      await this.dataSource.query('UPDATE key_version_seen SET released_at = now() WHERE version <= $1', [
        newest,
      ]);
      this.logger.info({ version: newest - 1 }, 'nothing is kept under this key version and older ones');
    } catch (error) {
      this.logger.warn({ error }, 'the end of a key version could not be reported');
    }
  }

  async #findUnreported(): Promise<number | undefined> {
    const [row] = await this.dataSource.query<{ version: number }[]>(
      `SELECT version FROM key_version_seen WHERE released_at IS NULL AND seen_at < now() - make_interval(secs => $1)
          AND version = (SELECT max(version) FROM key_version_seen)`,
      [this.configuration.rekeyingReleaseSeconds],
    );
    return row?.version;
  }

  async #keepsOlderThan(version: number): Promise<boolean> {
    const [row] = await this.dataSource.query<{ keeps: boolean }[]>(
      `SELECT EXISTS (SELECT 1 FROM registration WHERE key_version < $1)
           OR EXISTS (SELECT 1 FROM restriction WHERE key_version < $1) AS keeps`,
      [version],
    );
    return row?.keeps !== false;
  }

  async #report(version: number): Promise<void> {
    const audience = this.environment.serviceUrl('pseudonymisation');
    const token = await this.tokens.clientCredentials({ audience, scope: 'prs:register' });
    const { recipientOrganisation: recipientOrganization, recipientScope } = this.configuration;
    const response = await authorisedFetch(token, `${audience}/recipients/releases`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ recipientOrganization, recipientScope, version }),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`The pseudonymisation service answered ${response.status}`);
  }
}
