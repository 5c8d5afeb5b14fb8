import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { identifierSystems } from '@samenhang/data-model';
import { bgz2017SourceService } from '@samenhang/fhir-source';
import type { Bsn } from '@samenhang/patient-identity';
import { runService } from '@samenhang/service-kit';
import { generateKeyPair, exportJWK } from 'jose';
import { freePort } from '@samenhang/testing';
import { providers, type Provider } from './people.js';
import type { World } from './world.js';

const SNOMED = 'http://snomed.info/sct';
const profile = (name: string): object => ({
  meta: { profile: [`http://nictiz.nl/fhir/StructureDefinition/${name}`] },
});
const concept = (code: string): object => ({ coding: [{ system: SNOMED, code }] });

/** One person in STU3, in the profiles of BgZ 2017. */
function bgz2017(bsn: Bsn): object[] {
  const patient = { reference: 'Patient/c1' };
  return [
    {
      resourceType: 'Patient',
      id: 'c1',
      identifier: [{ system: identifierSystems.bsn, value: bsn }],
      name: [{ family: 'Testpersoon Z' }],
      gender: 'female',
      birthDate: '1950-01-01',
    },
    {
      resourceType: 'Condition',
      id: 'c1-asthma',
      ...profile('zib-Problem'),
      clinicalStatus: 'active',
      verificationStatus: 'confirmed',
      code: concept('195967001'),
      subject: patient,
    },
    {
      resourceType: 'AllergyIntolerance',
      id: 'c1-bee',
      ...profile('zib-AllergyIntolerance'),
      clinicalStatus: 'active',
      verificationStatus: 'confirmed',
      code: concept('288328004'),
      patient,
    },
  ];
}

/** A care provider that keeps its data at its own server of FHIR STU3, and the node that asks it there. */
export class OwnServer {
  private constructor(
    private readonly world: World,
    private readonly stopServer: () => Promise<void>,
  ) {}

  /** Starts the server of the provider with the data of one person, behind SMART backend services, and connects it. */
  static async connect(world: World, provider: Provider, bsn: Bsn): Promise<OwnServer> {
    const { installation } = world;
    const folder = join(installation.dataDirectory, 'own-server');
    mkdirSync(folder, { recursive: true });
    const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true });
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const client = {
      clientId: 'node',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'node', alg: 'ES384' }] },
    };
    const port = await freePort();
    const server = await runService(bgz2017SourceService, {
      PORT: String(port),
      FHIR_VERSION: 'stu3',
      FHIR_SOURCE_FILE: file(
        'stu3.ndjson',
        bgz2017(bsn)
          .map((one) => JSON.stringify(one))
          .join('\n'),
      ),
      SMART_CLIENT_FILE: file('client.json', JSON.stringify(client)),
      LOG_LEVEL: 'silent',
    });
    installation.writeSecret('own-server-key', { ...(await exportJWK(privateKey)), kid: 'node' });
    const source = {
      tenant: provider.ura,
      sourceId: provider.source,
      displayName: provider.name,
      baseUrl: `http://127.0.0.1:${String(port)}/fhir`,
      fhirVersion: 'stu3',
      localIdentifierSystem: 'https://clinic.example/patients',
      auth: { kind: 'smart-backend', clientId: 'node', secret: 'own-server-key', scope: 'system/*.rs' },
    };
    const tenants = [...providers, provider].map(({ ura, type }) => `${ura}:${type}`).join(',');
    const variables = {
      TENANTS: tenants,
      DIRECT_SOURCES_FILE: file('direct-sources.json', JSON.stringify([source])),
      DIRECT_SERVERS: '127.0.0.1',
    };
    for (const service of ['record', 'registrar'] as const) {
      await installation.stop(service);
      await installation.startAgain(service, variables);
    }
    return new OwnServer(world, () => server.close());
  }

  stop(): Promise<void> {
    return this.stopServer();
  }

  /** The node as it was before. */
  async disconnect(): Promise<void> {
    for (const service of ['record', 'registrar'] as const) {
      await this.world.installation.stop(service);
      await this.world.installation.startAgain(service);
    }
  }
}
