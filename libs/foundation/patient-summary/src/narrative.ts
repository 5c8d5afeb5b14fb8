import { viewUrls } from '@samenhang/data-model';
import {
  codingsOf,
  conceptText,
  textOf,
  treeOf,
  treesOf,
  type ConceptInWords,
  type Tree,
} from '@samenhang/fhir-r4';

interface Narrative {
  readonly status: 'generated';
  readonly div: string;
}

/** The facts of a section in words. */
export function narrativeOf(drafts: readonly Tree[]): Narrative {
  return sentencesOf(drafts.map(inWords));
}

export function sentencesOf(sentences: readonly string[]): Narrative {
  const items = sentences.map((sentence) => `<li>${escape(sentence)}</li>`).join('');
  return { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml"><ul>${items}</ul></div>` };
}

function inWords(draft: Tree): string {
  const provision = treesOf(treeOf(draft['provision'])?.['code'])[0];
  const named = draft['code'] ?? draft['vaccineCode'] ?? draft['medicationCodeableConcept'] ?? provision;
  const referred = treeOf(draft['medicationReference']) ?? treeOf(draft['device']);
  const words =
    treeOf(named) === undefined ? textOf(referred?.['display']) : conceptText(named as ConceptInWords);
  const said = words === undefined || words === '' ? textOf(draft['title']) : words;
  const reservation = reservationOf(draft);
  return `${said ?? String(draft['resourceType'])}${reservation === undefined ? '' : ` (${reservation})`}`;
}

/** States of which a reader of the words alone need not be told. */
const asExpected: ReadonlySet<string> = new Set(['active', 'completed', 'final', 'confirmed']);

/** What keeps a fact from being what its name says: the words alone would be read as the opposite of it. */
function reservationOf(draft: Tree): string | undefined {
  const isContested = codingsOf(treeOf(draft['meta'])?.['tag']).some(
    ({ system, code }) => system === viewUrls.viewFlags && code === 'conflict',
  );
  const parts = [stateOf(draft), isContested ? 'sources disagree' : undefined];
  const said = parts.filter((part) => part !== undefined);
  return said.length === 0 ? undefined : said.join(', ');
}

function stateOf(draft: Tree): string | undefined {
  if (draft['doNotPerform'] === true) return 'not to be taken';
  const verification = treesOf(treeOf(draft['verificationStatus'])?.['coding'])[0]?.['code'];
  const state = textOf(verification) ?? textOf(draft['status']);
  return state === undefined || asExpected.has(state) ? undefined : state;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
