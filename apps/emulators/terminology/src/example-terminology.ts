import example from './example.json' with { type: 'json' };
import type { TerminologyBundle } from './terminology-resources.js';

/** A few maps to try with: ICD-9-CM to SNOMED CT for problems. */
export const exampleTerminology = example as TerminologyBundle;
