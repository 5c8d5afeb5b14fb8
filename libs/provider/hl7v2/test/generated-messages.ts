import fc from 'fast-check';

/** The delimiters of a generated message, in the order of MSH-1 and MSH-2. */
export interface GeneratedDelimiters {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
}

/** Fields as repetitions of components of subcomponents: what a reader must find again. */
export type GeneratedField = readonly (readonly (readonly string[])[])[];

export interface GeneratedMessage {
  readonly delimiters: GeneratedDelimiters;
  readonly segments: readonly { readonly name: string; readonly fields: readonly GeneratedField[] }[];
  readonly text: string;
}

const standard: GeneratedDelimiters = {
  field: '|',
  component: '^',
  repetition: '~',
  escape: '\\',
  subcomponent: '&',
};

const symbols = [...'|^~\\&#$!@*+=_%/;:?<>()[]{}'];

const anyDelimiters: fc.Arbitrary<GeneratedDelimiters> = fc
  .shuffledSubarray(symbols, { minLength: 5, maxLength: 5 })
  .map(([field = '', component = '', repetition = '', escape = '', subcomponent = '']) => ({
    field,
    component,
    repetition,
    escape,
    subcomponent,
  }));

const leaf = fc.string({
  unit: fc.constantFrom('a', 'B', '1', '.', ',', '-', ' ', 'é', '€', '😀'),
  maxLength: 8,
});
const component = fc.array(leaf, { minLength: 1, maxLength: 3 });
const repetition = fc.array(component, { minLength: 1, maxLength: 4 });
const field: fc.Arbitrary<GeneratedField> = fc.array(repetition, { minLength: 1, maxLength: 3 });
const segment = fc.record({
  name: fc.constantFrom('PID', 'PV1', 'OBX', 'NTE', 'ZA1'),
  fields: fc.array(field, { minLength: 1, maxLength: 8 }),
});

function write(
  { field, component, repetition, escape, subcomponent }: GeneratedDelimiters,
  segments: GeneratedMessage['segments'],
): string {
  const header = ['MSH', component + repetition + escape + subcomponent, ...'ABCD', '2026', ''];
  const type = ['ADT', 'A01'].join(component);
  const lines = segments.map(({ name, fields }) =>
    [
      name,
      ...fields.map((repetitions) =>
        repetitions
          .map((components) => components.map((leaves) => leaves.join(subcomponent)).join(component))
          .join(repetition),
      ),
    ].join(field),
  );
  return [[...header, type, '1', 'P', '2.5'].join(field), ...lines].join('\r');
}

/** Well-formed messages whose parts are known; leaves hold no delimiter and no letter that could delimit. */
export function generatedMessages(delimiters: 'any' | 'standard'): fc.Arbitrary<GeneratedMessage> {
  return fc
    .tuple(
      delimiters === 'any' ? anyDelimiters : fc.constant(standard),
      fc.array(segment, { minLength: 1, maxLength: 6 }),
    )
    .map(([chosen, segments]) => ({ delimiters: chosen, segments, text: write(chosen, segments) }));
}
