// Keeps TypeScript project references and the dependencies of each package equal to what its sources import. Versions of
// packages from outside stand once, in the root's package.json; the packages that use them repeat them.
// `node tools/workspace/sync-references.mjs` writes; with `--check` it only reports, exit 1 when something differs.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { listProjects, root } from './projects.mjs';

const check = process.argv.includes('--check');
const projects = listProjects();
const byName = new Map(projects.map((project) => [project.name, project]));
const differences = [];

function sources(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return entry.name === 'dist' || entry.name === 'node_modules' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function importedProjects(files) {
  const names = new Set();
  for (const file of files) {
    for (const [, name] of readFileSync(file, 'utf8').matchAll(
      /(?:from|import)\s*\(?\s*'(@samenhang\/[a-z0-9-]+)/g,
    ))
      names.add(name);
  }
  return [...names].filter((name) => byName.has(name)).sort();
}

const pinned = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies;

/** Packages of the root's dependencies that the files import: name and version. */
function importedPackages(files) {
  const names = new Set();
  for (const file of files) {
    for (const [, name] of readFileSync(file, 'utf8').matchAll(
      /(?:from|import)\s*\(?\s*'((?:@[\w.-]+\/)?[a-z][\w.-]*)/g,
    ))
      names.add(name);
  }
  return [...names].filter((name) => Object.hasOwn(pinned, name)).map((name) => [name, pinned[name]]);
}

/** @param {{project: {tags?: string[]}}} project */
function isBrowserOnly({ project }) {
  return (project.tags ?? []).includes('type:web');
}

function put(file, content) {
  const text = `${JSON.stringify(content, null, 2)}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  differences.push(relative(root, file));
  if (!check) writeFileSync(file, text);
}

for (const project of projects) {
  const folder = join(root, project.path);
  const up = relative(folder, root);
  const isTest = (file) => file.endsWith('.spec.ts') || file.includes(`${project.path}/test/`);
  const isWeb = (file) => file.includes(`${project.path}/web/`);
  const all = sources(folder);
  const built = importedProjects(all.filter((file) => !isTest(file) && !isWeb(file))).filter(
    (name) => name !== project.name,
  );
  const used = importedProjects(all).filter((name) => name !== project.name);
  // What runs in a browser is checked by tsconfig.web.json and built by Vite.
  if (!isBrowserOnly(project)) {
    put(join(folder, 'tsconfig.json'), {
      extends: `${up}/tsconfig.base.json`,
      compilerOptions: { rootDir: 'src', outDir: 'dist', tsBuildInfoFile: 'dist/tsconfig.tsbuildinfo' },
      include: ['src/**/*.ts', 'src/**/*.json'],
      exclude: ['**/*.spec.ts'],
      references: built.map((name) => ({ path: relative(folder, join(root, byName.get(name).path)) })),
    });
  }
  const external = importedPackages(all.filter((file) => !isTest(file)));
  const dependencies = Object.fromEntries(
    [...external, ...used.map((name) => [name, '*'])].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  put(join(folder, 'package.json'), { ...project.manifest, dependencies });
}
put(join(root, 'tsconfig.json'), {
  files: [],
  references: projects
    .filter((project) => !isBrowserOnly(project))
    .map((project) => ({ path: project.path })),
});

if (differences.length > 0) console.error(`${check ? 'Out of date' : 'Updated'}: ${differences.join(', ')}`);
process.exitCode = check && differences.length > 0 ? 1 : 0;
