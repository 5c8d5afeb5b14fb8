// The table of boundaries.mjs, asserted over the edges of the project graph. It shares the table with the linter but none of
// its code, so that a skipped lint, an `eslint-disable` or a fault in the plugin cannot hide a breach.
import {
  applicationZone,
  bannedInCore,
  identity,
  portalKit,
  publicClient,
  types,
  zones,
} from './boundaries.mjs';

const values = (tags, axis) =>
  tags.filter((tag) => tag.startsWith(`${axis}:`)).map((tag) => tag.slice(axis.length + 1));

/** @typedef {{name: string, path: string, tags: string[], isApplication: boolean, dependencies: string[]}} Project */

/**
 * @param {Project[]} projects dependencies by name; of the outside world as `npm:<package>`
 * @returns {string[]} one line for each breach
 */
export function findBreaches(projects) {
  const byName = new Map(projects.map((project) => [project.name, project]));
  const edges = projects.flatMap((from) =>
    from.dependencies.filter((name) => byName.has(name)).map((name) => ({ from, to: byName.get(name) })),
  );
  return [
    ...projects.flatMap(misplaced),
    ...edges.flatMap(({ from, to }) => [zoneBreach(from, to), typeBreach(from, to), clientBreach(from, to)]),
    ...projects.flatMap(impureCore),
    ...projects.map((project) => identityBreach(project, byName)),
  ].filter((breach) => breach !== undefined);
}

/** Every project has one zone and one type that the table knows, and lies in the folder of its zone. */
function misplaced({ name, path, tags }) {
  const zone = values(tags, 'zone');
  const type = values(tags, 'type');
  const faults = [];
  if (zone.length !== 1 || !(zone[0] in zones || zone[0] === applicationZone))
    faults.push(`${name} must have exactly one known zone, not "${zone.join(', ')}"`);
  if (type.length !== 1 || !(type[0] in types))
    faults.push(`${name} must have exactly one known type, not "${type.join(', ')}"`);
  const folder =
    { composition: /^apps\/[^/]+$/, tools: /^tools\// }[zone[0]] ?? new RegExp(`^(apps|libs)/${zone[0]}/`);
  if (zone.length === 1 && !folder.test(path))
    faults.push(`${name} is tagged zone:${zone[0]} but lies in ${path}`);
  return faults;
}

function zoneBreach(from, to) {
  const [source] = values(from.tags, 'zone');
  const [target] = values(to.tags, 'zone');
  const says = `${from.name} (zone ${source}) depends on ${to.name} (zone ${target})`;
  if (source === applicationZone)
    return to.tags.includes(publicClient) || to.tags.includes(portalKit)
      ? undefined
      : `${says}: an application sees the public client alone`;
  if (target === applicationZone && source !== 'composition') return `${says}: nobody imports an application`;
  const allowed = zones[source] ?? [];
  return allowed.includes('*') || allowed.includes(target) ? undefined : says;
}

function typeBreach(from, to) {
  const [source] = values(from.tags, 'type');
  const [target] = values(to.tags, 'type');
  const says = `${from.name} (type ${source}) depends on ${to.name} (type ${target})`;
  const allowed = types[source] ?? [];
  if (allowed.includes('*')) return undefined;
  if (to.isApplication) return `${says}: apps meet over HTTP and events`;
  // The graph does not tell tests from sources; that the testing library stays out of sources is the linter's to see.
  return target === 'test' || allowed.includes(target) ? undefined : says;
}

function clientBreach(from, to) {
  if (!from.tags.includes(publicClient)) return undefined;
  const pure =
    to.tags.includes('zone:foundation') && (to.tags.includes('type:core') || to.tags.includes('type:test'));
  return pure
    ? undefined
    : `${from.name} (${publicClient}) depends on ${to.name}: only foundation cores are public`;
}

function impureCore({ name, tags, dependencies }) {
  if (!tags.includes('type:core')) return [];
  const banned = (target) =>
    bannedInCore.some((pattern) =>
      pattern.endsWith('/*') ? target.startsWith(pattern.slice(0, -1)) : target === pattern,
    );
  return dependencies
    .filter((target) => target.startsWith('npm:') && banned(target.slice('npm:'.length)))
    .map((target) => `${name} (type core) depends on ${target}`);
}

function identityBreach(project, byName) {
  if (project.tags.includes(identity)) return undefined;
  const isFree = ['zone:tools', 'zone:composition'].some((tag) => project.tags.includes(tag));
  const way = isFree ? undefined : findWay(project, byName, [project.name]);
  return way && `${project.name} is not tagged ${identity} but reaches it: ${way.join(' → ')}`;
}

/** Depth first; the graph is small. */
function findWay(project, byName, way, seen = new Set()) {
  for (const name of project.dependencies) {
    const next = byName.get(name);
    if (next === undefined || seen.has(name)) continue;
    seen.add(name);
    if (next.tags.includes(identity)) return [...way, name];
    const found = findWay(next, byName, [...way, name], seen);
    if (found !== undefined) return found;
  }
  return undefined;
}
