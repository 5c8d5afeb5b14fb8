import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { listServices } from '../consistency.mjs';
import { findTool, hasGo } from '../go-tools.mjs';
import { findSchemaLocation } from '../kubernetes-schemas.mjs';
import { everything, parseManifests, renderChart } from '../rendered-chart.mjs';

/** A manifest, as far as these tests look into it. */
interface Manifest {
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  automountServiceAccountToken?: boolean;
  spec: {
    podSelector?: { matchLabels: Record<string, string> };
    policyTypes?: string[];
    ingress?: { from?: object[]; ports?: { port: number | string }[] }[];
    egress?: { to?: { podSelector?: { matchLabels?: Record<string, string> }; ipBlock?: object }[] }[];
    strategy?: { type: string };
    template?: { spec: PodSpec };
  };
}
interface PodSpec {
  automountServiceAccountToken: boolean;
  securityContext: Record<string, unknown>;
  containers: {
    name: string;
    image: string;
    env: { name: string; value?: string; valueFrom?: object }[];
    securityContext: Record<string, unknown>;
    resources: { limits: Record<string, string> };
    livenessProbe?: object;
    readinessProbe?: object;
    startupProbe?: object;
  }[];
}

const go = hasGo();
if (!go && process.env.CI === 'true') throw new Error('Go is needed for the deployment checks');
// With several cores idle this takes seconds; the first run on a machine builds the tools.
const FIRST_BUILD_MS = 600_000;

const render = (values = {}): Manifest[] => parseManifests(renderChart(values)) as Manifest[];
const ofKind = (manifests: Manifest[], kind: string): Manifest[] =>
  manifests.filter((manifest) => manifest.kind === kind);
const nameOf = (labels: Record<string, string> | undefined): string =>
  labels?.['app.kubernetes.io/name'] ?? '';

describe.skipIf(!go)('the chart (needs Go)', { timeout: FIRST_BUILD_MS }, () => {
  it('passes helm lint, kubeconform and the Compose parser', () => {
    const result = spawnSync(process.execPath, ['tools/deploy/check.mjs', '--json'], { encoding: 'utf8' });
    const { results } = JSON.parse(result.stdout) as {
      results: { name: string; status: string; detail: string }[];
    };
    expect(results.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(results.length).toBeGreaterThanOrEqual(4);
  });

  it('would not pass kubeconform with a misspelt property', () => {
    const faulty = renderChart().replace(
      'allowPrivilegeEscalation: false',
      'allowPrivilegeEscalating: false',
    );
    const result = spawnSync(
      findTool('kubeconform'),
      ['-strict', '-schema-location', findSchemaLocation(), '-'],
      {
        input: faulty,
        encoding: 'utf8',
      },
    );
    expect(result.status).toBe(1);
    expect(result.stdout).toContain('allowPrivilegeEscalating');
  });

  it('has a Deployment, Service, ServiceAccount, disruption budget and network policy for every service', () => {
    const manifests = render(everything);
    const services = listServices()
      .filter(({ zone }) => zone !== 'emulators')
      .map(({ name }) => `node-${name}`)
      .sort();
    for (const kind of ['Deployment', 'Service', 'ServiceAccount', 'PodDisruptionBudget']) {
      const names = ofKind(manifests, kind).map(({ metadata }) => metadata.name);
      expect(names.sort(), kind).toEqual(services);
    }
    const policies = ofKind(manifests, 'NetworkPolicy').map(({ metadata }) => metadata.name);
    expect(policies.sort()).toEqual(['node-default-deny', ...services].sort());
  });

  it('gives no pod more than it needs', () => {
    for (const deployment of ofKind(render(everything), 'Deployment')) {
      const pod = deployment.spec.template?.spec;
      const name = deployment.metadata.name;
      expect(pod?.automountServiceAccountToken, name).toBe(false);
      expect(pod?.securityContext, name).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      for (const container of pod?.containers ?? []) {
        expect(container.securityContext, name).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          capabilities: { drop: ['ALL'] },
        });
        expect(Object.keys(container.resources.limits).sort(), name).toEqual(['cpu', 'memory']);
        expect(
          container.livenessProbe && container.readinessProbe && container.startupProbe,
          name,
        ).toBeTruthy();
      }
    }
  });

  it('keeps the keys of pseudonymisation, the files of sources and the airlock on volumes that stay, held by one pod at a time', () => {
    const manifests = render();
    const claims = ofKind(manifests, 'PersistentVolumeClaim');
    expect(claims.map(({ metadata }) => metadata.name).sort()).toEqual([
      'node-ingest',
      'node-pseudonymisation',
      'node-secondary-use-api',
    ]);
    for (const { metadata } of claims)
      expect(metadata.annotations, metadata.name).toEqual({ 'helm.sh/resource-policy': 'keep' });
    const strategies = ofKind(manifests, 'Deployment').map(
      ({ metadata, spec }) => `${metadata.name} ${spec.strategy?.type}`,
    );
    expect(strategies.filter((strategy) => strategy.endsWith('Recreate')).sort()).toEqual([
      'node-ingest Recreate',
      'node-pseudonymisation Recreate',
      'node-secondary-use-api Recreate',
    ]);
  });

  it('makes no secret and puts none in an environment', () => {
    const manifests = render(everything);
    expect(ofKind(manifests, 'Secret')).toEqual([]);
    const variables = ofKind(manifests, 'Deployment').flatMap(
      ({ spec }) => spec.template?.spec.containers.flatMap(({ env }) => env) ?? [],
    );
    expect(variables.filter(({ name }) => /PASSWORD|SECRET(?!S_DIR)|^DATABASE_URL$/.test(name))).toEqual([]);
    expect(variables.filter(({ valueFrom }) => valueFrom !== undefined)).toEqual([]);
  });

  describe('network policies', () => {
    const policies = (): Map<string, Manifest> =>
      new Map(
        ofKind(render({ services: { viewer: { enabled: true } } }), 'NetworkPolicy').map((policy) => [
          nameOf(policy.spec.podSelector?.matchLabels) || 'default-deny',
          policy,
        ]),
      );
    const calls = (policy: Manifest | undefined): string[] =>
      (policy?.spec.egress ?? [])
        .flatMap(({ to }) => to ?? [])
        .map(({ podSelector }) => nameOf(podSelector?.matchLabels))
        .filter((name) => name !== '')
        .sort();

    it('deny everything that is not named', () => {
      const deny = policies().get('default-deny');
      expect(deny?.spec.policyTypes).toEqual(['Ingress', 'Egress']);
      expect([deny?.spec.ingress, deny?.spec.egress]).toEqual([undefined, undefined]);
    });

    it('let an application reach the query API and the authorisation server alone', () => {
      expect(calls(policies().get('viewer'))).toEqual(['authorisation-server', 'query-api']);
    });

    it('keep the provider zone from the integration zone, and both from applications', () => {
      for (const name of ['ingest', 'normalise', 'record', 'registrar', 'query-api'])
        expect(calls(policies().get(name))).not.toContain('viewer');
      for (const name of ['ingest', 'normalise', 'record', 'registrar'])
        expect(calls(policies().get(name))).not.toContain('query-api');
    });

    it('keep the national zone from the data of providers', () => {
      for (const name of ['pseudonymisation', 'reference-index', 'address-book', 'consent-register'])
        expect(
          calls(policies().get(name)).filter((callee) => ['record', 'ingest', 'query-api'].includes(callee)),
        ).toEqual([]);
    });

    it('open the same way at both ends', () => {
      const all = policies();
      const outgoing = [...all].flatMap(([name, policy]) =>
        calls(policy).map((callee) => `${name} → ${callee}`),
      );
      const incoming = [...all].flatMap(([name, policy]) =>
        (policy.spec.ingress ?? [])
          .flatMap(({ from }) => (from ?? []) as { podSelector?: { matchLabels?: Record<string, string> } }[])
          .map(({ podSelector }) => `${nameOf(podSelector?.matchLabels)} → ${name}`),
      );
      const within = outgoing.filter((way) => !/ → (kafka|postgresql)$/.test(way));
      expect(within.sort()).toEqual(incoming.sort());
    });
  });

  it.each([
    ['a service in no zone', { services: { record: { zone: 'elsewhere' } } }],
    ['a container as root', { podSecurityContext: { runAsNonRoot: false } }],
    ['an Ingress without TLS', { ingress: { hosts: [{ service: 'query-api', host: 'a.example' }] } }],
    ['a misspelt value', { imagee: {} }],
  ])('refuses %s', (_, values) => {
    expect(() => renderChart(values)).toThrow(/schema|tlsSecret/);
  });

  it('has a template that Helm can package', () => {
    const said = execFileSync(findTool('helm'), ['show', 'chart', 'deploy/helm/samenhang'], {
      encoding: 'utf8',
    });
    expect(said).toContain('name: samenhang');
  });
});
