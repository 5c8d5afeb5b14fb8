// Rules of this repository that no published plugin has.
import { basename, relative } from 'node:path';

const vague = /(^|[-.])(utils?|common|helpers?|manager|misc|stuff)(?=[-.]|$)/;
const kebab = /^[a-z0-9]+([-.][a-z0-9]+)*$/;

/** @returns {string | undefined} what is wrong with the path of a source file, relative to the repository */
export function findNameFault(path) {
  const parts = path.split(/[\\/]/);
  const names = [...parts.slice(0, -1), basename(path).replace(/\.(tsx?|mts|mjs)$/, '')];
  for (const name of names) {
    if (vague.test(name)) return `"${name}" says nothing about what is in it`;
  }
  const file = names.at(-1);
  return kebab.test(file) ? undefined : `"${file}" is not kebab-case`;
}

/** @type {import('eslint').Rule.RuleModule} */
const fileName = {
  meta: { type: 'suggestion', schema: [], messages: { fault: 'Name the file for its subject: {{fault}}.' } },
  create(context) {
    return {
      Program(node) {
        const fault = findNameFault(relative(context.cwd, context.filename));
        if (fault !== undefined) context.report({ node, messageId: 'fault', data: { fault } });
      },
    };
  },
};

export default { meta: { name: 'house' }, rules: { 'file-name': fileName } };
