import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listProjects, root } from '../../workspace/projects.mjs';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const documents = [
  ...readdirSync(root).filter((file) => file.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
  ...listProjects()
    .map(({ path }) => join(path, 'README.md'))
    .filter((file) => existsSync(join(root, file))),
];
const services = listProjects().filter(({ project }) => project.projectType === 'application');

function sourcesOf(path: string): string[] {
  return readdirSync(join(root, path, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => join(path, 'src', file));
}

describe('the documents', () => {
  it.each(documents)('%s links to what exists', (document) => {
    const targets = [...read(document).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => (target ?? '').replace(/#.*$/, ''))
      .filter((target) => target !== '' && !/^[a-z]+:/.test(target));
    const broken = targets.filter((target) => !existsSync(join(root, dirname(document), target)));
    expect(broken).toEqual([]);
  });

  it('name commands of package.json that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = documents.flatMap((document) =>
      [...read(document).matchAll(/npm run (?:-s )?([a-z][a-z0-9:]*)/g)].map(([, name]) => name ?? ''),
    );
    expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
  });

  it('name files to run that exist', () => {
    const named = documents.flatMap((document) =>
      [...read(document).matchAll(/node ((?:tools|docs|deploy|apps)\/[\w./-]+\.mjs)/g)].map(
        ([, file]) => file ?? '',
      ),
    );
    expect([...new Set(named)].filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('list every decision record', () => {
    const index = read('docs/adr/README.md');
    const records = readdirSync(join(root, 'docs/adr')).filter((file) => /^\d{4}-/.test(file));
    expect(records.filter((file) => !index.includes(`(${file})`))).toEqual([]);
  });
});

describe('docs/configuration.md', () => {
  const page = read('docs/configuration.md');
  const variableOf = (property: string): string =>
    property.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

  /** Properties of the configuration classes, as the service kit names their variables. */
  const settings = services.flatMap(({ path }) =>
    sourcesOf(path)
      .filter((file) => file.endsWith('configuration.ts') && read(file).includes("from 'class-validator'"))
      .flatMap((file) =>
        [...read(file).matchAll(/^ {2}(?:@.*\) )?(?:readonly )?([a-z]\w*)\??(?:: [^=]+)? = /gm)].map(
          ([, property]) => ({
            file: relative(path, file),
            service: path.split('/').at(-1) ?? '',
            variable: variableOf(property ?? ''),
          }),
        ),
      ),
  );

  it('is compared with all configuration classes', () => {
    expect(settings.length).toBeGreaterThanOrEqual(25);
  });

  it.each(settings)('tells of $variable of $service', ({ service, variable }) => {
    const section = page.split(/^## /m).find((text) => text.startsWith(service)) ?? '';
    expect(section).toContain(`\`${variable}\``);
  });

  it('tells of nothing that no configuration class has', () => {
    const known = new Set(settings.map(({ service, variable }) => `${service} ${variable}`));
    const sections = page
      .split(/^## /m)
      .filter((text) => services.some(({ path }) => text.startsWith(`${path.split('/').at(-1)}`)));
    const told = sections.flatMap((text) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('| `'))
        .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name))
        .map((name) => `${/^[a-z-]+/.exec(text)?.[0] ?? ''} ${name}`),
    );
    // Read by the main.ts of these.
    const inMain = ['viewer CLIENT_ID', 'citizen CLIENT_ID', 'citizen CARE_PROVIDERS', 'fhir-source GUARDED'];
    expect(told.filter((name) => !known.has(name) && !inMain.includes(name))).toEqual([]);
  });

  it('tells of every variable of the service kit', () => {
    const kit = sourcesOf('libs/foundation/service-kit').map(read).join('\n');
    const names = [...kit.matchAll(/(?:text|number|find)\('([A-Z_]+)'/g)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(8);
    expect([...new Set(names)].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
