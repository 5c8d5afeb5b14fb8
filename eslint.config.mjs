// Run through `npm run lint`: without the project graph of Nx the boundary rule says nothing and passes.
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { identity, inputAndOutput, lintConstraints } from './tools/architecture/boundaries.mjs';
import house from './tools/architecture/house-rules.mjs';
import { listProjects } from './tools/workspace/projects.mjs';

const projects = listProjects();
const tagged = (tag) => projects.filter(({ project }) => (project.tags ?? []).includes(tag));
const sources = (list, pattern = '**/*.{ts,tsx}') => list.map(({ path }) => `${path}/${pattern}`);
const tests = (list) => [...sources(list, '**/*.spec.ts'), ...sources(list, 'test/**/*.ts')];
/** Applies a configuration to the files of a list of projects; none means nowhere, where ESLint would take none for everywhere. */
const on = (files, configuration) => (files.length === 0 ? [] : [{ files, ...configuration }]);

const applications = projects.filter(({ project }) => project.projectType === 'application');
/** As patterns: the rule reads `allow` as regular expressions. */
const names = (list) => list.map(({ name }) => `^${name}$`);

/** @param options which part of the table applies, and `allow`: apps that may be imported */
const boundaries = ({ mayKnowIdentity = false, inTests = false, allow = [] } = {}) => ({
  rules: {
    '@nx/enforce-module-boundaries': [
      'error',
      {
        allow: inTests ? [...allow, serversForTests] : allow,
        depConstraints: lintConstraints({ mayKnowIdentity, inTests }),
        // A test may use its project as others do: through the door.
        allowCircularSelfDependency: inTests,
      },
    ],
  },
});

/** Entries that a project publishes beside its index, such as the contract tests of a port. */
const sideDoors = projects.flatMap(({ name, manifest }) =>
  Object.keys(manifest.exports ?? {})
    .filter((entry) => entry !== '.')
    .map((entry) => `${name}/${entry.slice('./'.length)}`),
);
const oneDoor = {
  group: ['@samenhang/*/**', ...sideDoors.map((door) => `!${door}`)],
  message: 'The index of a project is its only door: import the package by its name.',
};
/** Real servers for tests are started by plain modules of tools/, outside of every project. */
const serversForTests = String.raw`^(\.\./)+(tools/)?(kafka|mapping|postgres|policies|testing)/[a-z-]+\.(mjs|js)$`;
const worldOutside = {
  group: inputAndOutput.flatMap((name) => [name, `node:${name}`]),
  message: 'A core is pure: it takes its input as arguments and returns its output.',
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.data/**', 'coverage/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mts', '**/*.mjs'],
    extends: [tseslint.configs.recommended],
    plugins: { '@nx': nx, house },
    languageOptions: { parserOptions: { emitDecoratorMetadata: true, experimentalDecorators: true } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      // With `emitDecoratorMetadata` above, the rule leaves files with decorators alone: a type import of an injected class
      // or a DTO would erase the metadata that Nest and class-validator read.
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'max-lines': ['error', { max: 400 }],
      eqeqeq: ['error', 'always'],
      'no-throw-literal': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'start' }],
      'no-restricted-imports': ['error', { patterns: [oneDoor] }],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ImportExpression[source.value=/^@samenhang\\x2f[^\\x2f]+\\x2f/]',
          message: oneDoor.message,
        },
      ],
      'house/file-name': 'error',
    },
  },
  { files: ['**/*.{ts,tsx}'], ...boundaries() },
  { files: ['**/*.spec.ts', '**/test/**/*.ts'], ...boundaries({ inTests: true }) },
  ...on(sources(tagged(identity)), boundaries({ mayKnowIdentity: true })),
  ...on(tests(tagged(identity)), boundaries({ mayKnowIdentity: true, inTests: true })),
  ...on(
    sources(tagged('zone:composition')),
    boundaries({ mayKnowIdentity: true, inTests: true, allow: names(applications) }),
  ),
  ...on(
    sources(tagged('zone:tools')),
    boundaries({
      mayKnowIdentity: true,
      inTests: true,
      allow: names(applications.filter(({ project }) => !(project.tags ?? []).includes('zone:applications'))),
    }),
  ),
  ...on(sources(tagged('type:core'), 'src/**/*.ts'), {
    // Contract tests are tests, which other projects run.
    ignores: ['**/*.spec.ts', '**/src/contract/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [oneDoor, worldOutside] }],
      'no-restricted-globals': ['error', { name: 'fetch', message: worldOutside.message }],
    },
  }),
  // A log line goes through the redacting logger; only what talks to a terminal writes to the console.
  ...on(
    sources(
      projects.filter(
        ({ project }) => !(project.tags ?? []).some((tag) => /^zone:(tools|composition)$/.test(tag)),
      ),
      'src/**/*.ts',
    ),
    { ignores: ['**/*.spec.ts'], rules: { 'no-console': 'error' } },
  ),
);
