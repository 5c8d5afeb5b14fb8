import { authorisedFetch, type AccessTokens } from '@samenhang/identity';
import {
  declareSource,
  demoTokens,
  expectOk,
  hospitalNoord,
  MllpSender,
  pharmacyDeBrug,
  urlOf,
  type Surroundings,
} from '@samenhang/demo';

/** The two sources that are measured. Their sender checks every answer: what is not accepted ends the benchmark. */
export interface BenchmarkSources {
  sendHl7(connection: number, message: string): Promise<void>;
  push(bundle: string): Promise<void>;
  close(): void;
}

export const mllpSource = 'bench-mllp';
export const pushSource = 'bench-push';

const settings = {
  localIdentifierSystem: 'https://bench.example/patient',
  timeZone: 'Europe/Amsterdam',
  defaultCharset: 'UTF-8',
};

export async function connectBenchmarkSources(
  surroundings: Surroundings,
  connections: number,
): Promise<BenchmarkSources> {
  const tokens = demoTokens(surroundings);
  const mllp = { host: '127.0.0.1', port: surroundings.portBase + 21 };
  await declareSource(surroundings, tokens, hospitalNoord, mllpSource, {
    kind: 'mllp',
    displayName: 'Benchmark',
    settings,
    mllp,
  });
  await declareSource(surroundings, tokens, pharmacyDeBrug, pushSource, {
    kind: 'fhir-push',
    displayName: 'Benchmark',
    settings,
  });
  const senders = Array.from({ length: connections }, () => new MllpSender(mllp));
  return {
    async sendHl7(connection, message) {
      const answer = await senders[connection % senders.length]?.send(message);
      if (answer?.code !== 'AA') throw new Error(`The message was answered ${answer?.code}`);
    },
    push: (bundle) => pushBundle(surroundings, tokens, bundle),
    close: () => senders.forEach((sender) => sender.close()),
  };
}

async function pushBundle(surroundings: Surroundings, tokens: AccessTokens, bundle: string): Promise<void> {
  const audience = urlOf(surroundings, 'ingest');
  const token = await tokens.clientCredentials({
    audience,
    scope: 'ingest:write',
    organisation: pharmacyDeBrug.ura,
  });
  const url = `${audience}/tenants/${pharmacyDeBrug.ura}/sources/${pushSource}/fhir`;
  const headers = { 'content-type': 'application/fhir+json' };
  await expectOk(await authorisedFetch(token, url, { method: 'POST', headers, body: bundle }), 'push');
}
