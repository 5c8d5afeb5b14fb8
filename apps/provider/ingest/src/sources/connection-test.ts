import { createServer } from 'node:net';
import { access, constants } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { Client } from 'fhir-kit-client';
import { DropConnector } from '../drops/drop-connector.js';
import { PullConnector } from '../fhir/pull-connector.js';
import { entriesOf } from '../fhir/pulled-entries.js';
import type { PullSettings } from '../fhir/pull-settings.js';
import { ServerAccess, SourceHttp, SourceServerError } from '@samenhang/fhir-server';
import { SourceSecrets } from '../secrets/source-secrets.js';
import type { MllpSettings } from '../hl7v2/mllp-settings.js';
import { TlsMaterial } from '../hl7v2/tls-material.js';
import type { Source, SourceStatus } from './source.js';

export interface TestStep {
  readonly step: string;
  readonly ok: boolean;
  /** What was found, or why it failed. */
  readonly detail: string;
}

const DEADLINE_MS = 30_000;

/** Tries what a source needs, step by step, and says of each whether it works. Takes nothing in. */
@Injectable()
export class ConnectionTest {
  constructor(
    private readonly pulls: PullConnector,
    private readonly drops: DropConnector,
    private readonly http: SourceHttp,
    private readonly secrets: SourceSecrets,
    private readonly material: TlsMaterial,
  ) {}

  async run(source: Source, status: SourceStatus): Promise<TestStep[]> {
    const { mllp, pull, notifications } = source.declaration;
    const steps: TestStep[] = [];
    if (mllp !== undefined) steps.push(...(await this.#tryListening(source, mllp, status)));
    if (pull !== undefined) steps.push(...(await this.#tryServer(source, pull)));
    if (notifications !== undefined)
      steps.push(
        await attempt('notification secret', () => this.#secretIsThere(source, notifications.secret)),
      );
    if (this.drops.serves(source.declaration))
      steps.push(await attempt('folder', () => this.#tryFolder(source)));
    if (steps.length === 0)
      steps.push({
        step: 'ready',
        ok: status.state === 'receiving',
        detail: 'The source pushes: nothing to connect to',
      });
    return steps;
  }

  async #tryListening(
    { tenant }: Source,
    mllp: MllpSettings,
    { state, reason }: SourceStatus,
  ): Promise<TestStep[]> {
    const address = `${mllp.host}:${String(mllp.port)}`;
    const listening = await attempt('listen', async () => {
      if (state === 'receiving') return `Listening on ${address}`;
      if (reason !== undefined) throw new SourceServerError(reason);
      await tryPort(mllp.host, mllp.port);
      return `${address} is free; the source is paused`;
    });
    const { certificateSecret, clientCaSecret } = mllp.tls ?? {};
    const steps = [listening];
    const tryRead = (name: string, read: () => unknown): Promise<TestStep> =>
      attempt(`secret ${name}`, () => {
        read();
        return Promise.resolve('It is there');
      });
    if (certificateSecret !== undefined)
      steps.push(
        await tryRead(certificateSecret, () => this.material.listenerKeys(tenant, certificateSecret)),
      );
    if (clientCaSecret !== undefined)
      steps.push(
        await tryRead(clientCaSecret, () => this.material.clientAuthorities(tenant, clientCaSecret)),
      );
    return steps;
  }

  async #tryServer(source: Source, pull: PullSettings): Promise<TestStep[]> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    const metadata = await attempt('metadata', () => this.#readMetadata(pull, signal));
    const access = new ServerAccess(pull, this.http, (name) => this.secrets.read(source, name));
    const authorisation = await attempt('authorisation', async () => {
      if (pull.auth === undefined) return 'None is declared';
      await access.headers(pull.baseUrl, signal);
      return pull.auth.kind === 'smart-backend'
        ? 'The server gave an access token'
        : 'The credential is there';
    });
    const server = this.pulls.serverOf(source, pull);
    const [type = ''] = pull.resourceTypes;
    const page = await attempt(`one page of ${type}`, async () => {
      const bundle = await server.readBundle(server.urlOf(type, { _count: '1' }), signal);
      return `The server answers with ${String(entriesOf(bundle).length)} of them`;
    });
    return [metadata, authorisation, page];
  }

  /** The capability statement is open to all (FHIR R4 http.html#capabilities). */
  async #readMetadata(pull: PullSettings, signal: AbortSignal): Promise<string> {
    this.http.permit(pull.baseUrl);
    const requestOptions = { dispatcher: this.http.fetchDispatcher, redirect: 'error' };
    const client = new Client({ baseUrl: pull.baseUrl, requestOptions });
    const statement = await client.capabilityStatement({ signal });
    const { fhirVersion } = statement as { fhirVersion?: unknown };
    const isVersion =
      typeof fhirVersion === 'string' && /^[0-9.]{1,20}(?:-[a-z0-9.]{1,20})?$/.test(fhirVersion);
    return `A FHIR server of version ${isVersion ? fhirVersion : 'unknown'}`;
  }

  async #secretIsThere(source: Source, name: string): Promise<string> {
    await this.secrets.read(source, name);
    return 'It is there';
  }

  async #tryFolder(source: Source): Promise<string> {
    const folder = this.drops.folderOf(source);
    await folder.prepare();
    await access(folder.path, constants.R_OK | constants.W_OK);
    return 'It can be read and written';
  }
}

async function attempt(step: string, act: () => Promise<string>): Promise<TestStep> {
  try {
    return { step, ok: true, detail: await act() };
  } catch (error) {
    return { step, ok: false, detail: reasonOf(error) };
  }
}

/** Texts of others may quote what they read: of those only the status is told. */
function reasonOf(error: unknown): string {
  if (error instanceof SourceServerError || error instanceof Failure) return error.message;
  const { response, cause } = error as { response?: { status?: unknown }; cause?: { code?: unknown } };
  // `fetch` tells why it failed in the cause.
  const code = (error as { code?: unknown }).code ?? cause?.code;
  if (typeof response?.status === 'number')
    return `The server answers with status ${String(response.status)}`;
  if (typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code)) return code;
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError') return 'No answer in time';
  if (name === 'ConfigurationError') return 'The secret cannot be read';
  return 'It failed';
}

function tryPort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port }, () => server.close(() => resolve()));
  });
}
