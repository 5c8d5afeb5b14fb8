import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { createClientKey } from '@samenhang/identity';
import { runService, type RunningService } from '@samenhang/service-kit';
import { createTestDatabase, freePort, TokenIssuer, type TestDatabase } from '@samenhang/testing';
import { secondaryUseApiService } from '../src/index.js';
import { ResearchPlatform } from './research-platform.js';

export const researcher = '90000003';
export const assessor = '90000004';
export const checker = '90000005';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The service as it runs, on a database of its own and a stand-in of the platform. */
export class RunningSecondaryUseApi {
  #service: RunningService | undefined;

  private constructor(
    readonly database: TestDatabase,
    readonly platform: ResearchPlatform,
    private readonly issuer: TokenIssuer,
    private readonly directory: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<RunningSecondaryUseApi> {
    const database = await createTestDatabase();
    await migrateEventLog(database.url);
    const platform = await ResearchPlatform.start();
    const directory = await mkdtemp(join(tmpdir(), 'secondary-use-'));
    const secrets = { 'client-secondary-use-api': await createClientKey(), 'secondary-use': platform.secret };
    for (const [name, content] of Object.entries(secrets))
      await writeFile(join(directory, `${name}.json`), JSON.stringify(content));
    const running = new RunningSecondaryUseApi(
      database,
      platform,
      await TokenIssuer.start(),
      directory,
      await freePort(),
    );
    await running.startService();
    return running;
  }

  async startService(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const { url } = this.platform;
    this.#service = await runService(secondaryUseApiService, {
      PORT: String(this.port),
      DATABASE_URL: this.database.url,
      SECRETS_DIR: this.directory,
      AUTHORISATION_SERVER_URL: this.issuer.url,
      PSEUDONYMISATION_URL: url,
      ADDRESS_BOOK_URL: url,
      AIRLOCK_DIRECTORY: this.airlock,
      PERMIT_WATCH_MS: '200',
      LOG_LEVEL: 'silent',
      ...settings,
    });
  }

  get airlock(): string {
    return join(this.directory, 'airlock');
  }

  async stopService(): Promise<void> {
    await this.#service?.close();
  }

  async ask(scope: string, organisation: string, path: string, body?: unknown): Promise<Answer> {
    const url = `http://127.0.0.1:${this.port}`;
    const claims = { scope, organization_ura: organisation, client_id: 'demo' };
    const request = {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    };
    const answer = await this.issuer.fetch(`${url}${path}`, claims, request, url);
    const text = await answer.text();
    const isObject = text.startsWith('{') && answer.headers.get('content-type')?.includes('json') === true;
    return {
      status: answer.status,
      text,
      body: isObject && !text.includes('}\n{') ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  }

  async stop(): Promise<void> {
    await this.stopService();
    await this.platform.close();
    await this.issuer.close();
    await this.database.drop();
    await rm(this.directory, { recursive: true });
  }
}
