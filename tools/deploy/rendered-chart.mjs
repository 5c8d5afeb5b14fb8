// The chart rendered, once as it is and once with everything switched on.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { root } from '../workspace/projects.mjs';
import { findTool, kubernetes } from './go-tools.mjs';

export const chartFolder = join(root, 'deploy', 'helm', 'samenhang');

/** Switches on what is off by default, so that no branch of a template stays unseen. */
export const everything = {
  services: {
    viewer: { enabled: true },
    citizen: { enabled: true },
    ingest: { mllp: { ports: [2575, 2576], peers: [{ ipBlock: { cidr: '192.0.2.0/24' } }] } },
    record: { publicUrl: 'https://record.example.org', digest: `sha256:${'0'.repeat(64)}`, replicas: 2 },
    'query-api': { env: { LOG_LEVEL: 'debug' } },
  },
  image: { registry: 'registry.example.org', pullSecrets: [{ name: 'registry' }] },
  metrics: { peers: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } } }] },
  ingress: {
    className: 'nginx',
    annotations: { 'example.org/owner': 'platform' },
    hosts: [{ service: 'query-api', host: 'query.example.org', tlsSecret: 'query-tls' }],
  },
};

/** @returns {string} the manifests; @throws with Helm's message when a value or template is wrong */
export function renderChart(values = {}) {
  return execFileSync(
    findTool('helm'),
    ['template', 'node', chartFolder, '--kube-version', kubernetes.version.slice(1), '--values', '-'],
    { input: JSON.stringify(values), encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] },
  );
}

/** @returns {any[]} the manifests, parsed */
export const parseManifests = (text) =>
  parseAllDocuments(text)
    .map((document) => document.toJS())
    .filter((manifest) => manifest !== null);
