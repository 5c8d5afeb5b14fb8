import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parser, Store, type Term } from 'n3';
import SHACLValidator from 'rdf-validate-shacl';

const SHACL = 'http://www.w3.org/ns/shacl#';

/** How one file of shapes found a catalogue. */
export interface ShapesOutcome {
  readonly file: string;
  /** What it asks for and is not so; what it only warns of is not in it. */
  readonly violations: readonly string[];
}

/** A catalogue against each file of SHACL shapes in a folder (Turtle), one after another. */
export async function checkCatalogue(catalogue: Store, folder: string): Promise<ShapesOutcome[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ttl'));
  const outcomes: ShapesOutcome[] = [];
  for (const file of files.sort()) {
    const shapes = new Store(new Parser().parse(readFileSync(join(folder, file), 'utf8')));
    const { results } = await new SHACLValidator(shapes, { importGraph }).validate(catalogue);
    const violations = results
      .filter(({ severity }) => severity?.value === `${SHACL}Violation`)
      .map(({ focusNode, path, sourceConstraintComponent, value }) =>
        [focusNode, path, sourceConstraintComponent, value]
          .map((term) => nameOf(term as Term | null))
          .join(' '),
      );
    outcomes.push({ file, violations });
  }
  return outcomes;
}

/** Nothing is fetched: what a file imports lies in the folder beside it, and is looked at by itself. */
function importGraph(): Promise<Store> {
  return Promise.resolve(new Store());
}

function nameOf(term: Term | null | undefined): string {
  return term === null || term === undefined ? '-' : term.value;
}
