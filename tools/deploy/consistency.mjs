// What must be said the same in the Dockerfile, the compose file, the chart and the workspace.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { applicationZone, zones } from '../architecture/boundaries.mjs';
import { listProjects, root } from '../workspace/projects.mjs';

const read = (...path) => readFileSync(join(root, ...path), 'utf8');
const zoneOf = ({ tags = [] }) => tags.find((tag) => tag.startsWith('zone:'))?.slice('zone:'.length);

/**
 * The deployable services: name (that of the folder), zone and folder.
 * @returns {{name: string, zone: string, path: string}[]}
 */
export function listServices() {
  return listProjects()
    .filter(({ project }) => (project.tags ?? []).includes('type:app'))
    .map(({ path, project }) => ({ name: path.split('/').at(-1), zone: zoneOf(project), path }));
}

export function readDeployment() {
  return {
    dockerfile: read('deploy', 'Dockerfile'),
    compose: parse(read('deploy', 'compose.yaml'), { merge: true }),
    values: parse(read('deploy', 'helm', 'samenhang', 'values.yaml')),
    manifest: JSON.parse(read('package.json')),
  };
}

/** @returns {string[]} one line for each fault */
export function findFaults(services, { dockerfile, compose, values, manifest }) {
  return [
    ...dockerfileFaults(services, dockerfile, manifest),
    ...composeFaults(services, compose),
    ...chartFaults(services, values),
  ];
}

function stagesOf(dockerfile) {
  return new Map(
    dockerfile
      .split(/^FROM /m)
      .slice(1)
      .map((text) => [/ AS (\S+)/.exec(text)?.[1] ?? '', text]),
  );
}

function dockerfileFaults(services, dockerfile, manifest) {
  const stages = stagesOf(dockerfile);
  const faults = [];
  const pinned = manifest.devDependencies?.node ?? manifest.dependencies?.node;
  if (!dockerfile.includes(`ARG NODE_VERSION=${pinned}\n`))
    faults.push(`Dockerfile: NODE_VERSION is not ${pinned}`);
  const runtime = stages.get('runtime') ?? '';
  if (!/^USER [1-9]\d*:\d+$/m.test(runtime))
    faults.push('Dockerfile: the runtime stage must set a numeric USER');
  if (!runtime.includes('HEALTHCHECK')) faults.push('Dockerfile: the runtime stage has no HEALTHCHECK');
  for (const { name, path, zone } of services) {
    const stage = stages.get(name);
    if (stage === undefined) faults.push(`Dockerfile: no target ${name}`);
    else if (!stage.includes(`CMD ["${path}/dist/main.js"]`))
      faults.push(`Dockerfile: ${name} does not run ${path}`);
    else if (zone === applicationZone && !stage.startsWith('runtime AS'))
      faults.push(`Dockerfile: ${name} must hold nothing of the platform`);
    if (!existsSync(join(root, path, 'src', 'main.ts'))) faults.push(`${path} has no src/main.ts to run`);
  }
  const known = new Set(stages.keys());
  for (const [, from] of dockerfile.matchAll(/--from=(\S+)/g))
    if (!known.has(from)) faults.push(`Dockerfile: --from=${from} names no stage`);
  return faults;
}

function composeFaults(services, compose) {
  const faults = [];
  for (const { name, zone } of services.filter(({ name }) => name !== 'fhir-source')) {
    const service = compose.services[name];
    if (service === undefined) {
      faults.push(`compose: no service ${name}`);
      continue;
    }
    if (service.build?.target !== name) faults.push(`compose: ${name} builds another target`);
    if (service.read_only !== true || !(service.cap_drop ?? []).includes('ALL'))
      faults.push(`compose: ${name} must be read-only and without capabilities`);
    if (zone === applicationZone && (service.networks ?? []).includes('storage'))
      faults.push(`compose: ${name} must not reach the storage`);
  }
  return faults;
}

/** Which zones a service may call over HTTP: those its code may depend on, the platform for an application, and national. */
function mayCall(zone) {
  // National: citizens decide about their data at the consent register.
  if (zone === applicationZone) return ['integration', 'trust', 'national'];
  const national = ['provider', 'integration'].includes(zone) ? ['national'] : [];
  // The query API reads from data holders, each with its own token; a holder asks whether a permit for secondary use stands.
  const across = { integration: ['provider'], provider: ['integration'] }[zone] ?? [];
  return [...zones[zone], ...national, ...across];
}

/** Names of the services that tell their health, as the service kit lists them. */
function everyService() {
  const [, list = ''] =
    /platformServices = \[([^\]]*)\]/.exec(read('libs/foundation/service-kit/src/ports.ts')) ?? [];
  return [...list.matchAll(/'([a-z-]+)'/g)].map(([, name]) => name);
}

/**
 * The services that the code of a service calls: those whose address it asks for, and the authorisation server for whoever
 * checks tokens. Data holders are found through the address book, so that no code names them.
 */
function callsInCode({ path, name }) {
  const code = readdirSync(join(root, path, 'src'), { recursive: true })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => read(path, 'src', file))
    .join('\n');
  const named = [...code.matchAll(/(?:serviceUrl|urlOf)\(\s*'([a-z-]+)'/g)].map(([, callee]) => callee);
  return new Set([
    ...named,
    // The console shows how each service is.
    ...(code.includes('readHealth') ? everyService() : []),
    ...(/IdentityModule|runPortal/.test(code) ? ['authorisation-server'] : []),
    ...(['query-api', 'secondary-use-api'].includes(name) ? ['record'] : []),
  ]);
}

function chartFaults(services, values) {
  const zone = new Map(services.map((service) => [service.name, service.zone]));
  const faults = services
    .filter((service) => service.zone !== 'emulators' && values.services[service.name] === undefined)
    .map(({ name }) => `chart: no service ${name}`);
  for (const [name, service] of Object.entries(values.services)) {
    if (service.zone !== zone.get(name)) faults.push(`chart: ${name} lies in zone ${zone.get(name)}`);
    // What is no part of the chart, such as the Dezi register, is outside of the cluster: `external`.
    const project = services.find((candidate) => candidate.name === name);
    const inCode =
      project === undefined || service.zone === applicationZone ? service.calls : [...callsInCode(project)];
    const wanted = inCode.filter((callee) => callee in values.services);
    if (wanted.toSorted().join() !== service.calls.toSorted().join())
      faults.push(`chart: ${name} calls ${wanted.join(', ')}, not ${service.calls.join(', ')}`);
    for (const callee of service.calls)
      if (!mayCall(service.zone).includes(zone.get(callee)))
        faults.push(`chart: ${name} may not call ${callee}`);
  }
  return faults;
}
