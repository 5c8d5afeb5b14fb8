import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidViewError } from '../view-error.js';
import { planView } from './plan-view.js';

function placeOf(definition: unknown): string | undefined {
  try {
    planView(definition);
  } catch (error) {
    if (error instanceof InvalidViewError) return error.at;
    throw error;
  }
  return undefined;
}

const column = (path: string, more: object = {}) => ({ name: 'v', path, ...more });
const view = (...select: object[]) => ({ resource: 'Patient', select });

describe('a view that cannot be run names the place', () => {
  it.each([
    [null, 'ViewDefinition'],
    [{ select: [] }, 'ViewDefinition.resource'],
    [{ resource: 'Pasient', select: [{}] }, 'ViewDefinition.resource'],
    [{ resource: 'Patient' }, 'ViewDefinition.select'],
    [view({ column: [] }), 'ViewDefinition.select'],
    [view({ column: [column('nam')] }), 'ViewDefinition.select[0].column[0].path'],
    [view({ column: [column('name.where(')] }), 'ViewDefinition.select[0].column[0].path'],
    [view({ column: [column('name.where(use)')] }), 'ViewDefinition.select[0].column[0].path'],
    [view({ column: [column('name.memberOf(1)')] }), 'ViewDefinition.select[0].column[0].path'],
    [view({ column: [column('%missing')] }), 'ViewDefinition.select[0].column[0].path'],
    [view({ column: [column('id'), column('id')] }), 'ViewDefinition.select[0].column[1].name'],
    [view({ column: [{ name: '1st', path: 'id' }] }), 'ViewDefinition.select[0].column[0].name'],
    [view({ column: [column('name', { type: 'string' })] }), 'ViewDefinition.select[0].column[0].type'],
    [view({ forEach: 'name', repeat: ['contact'], column: [column('id')] }), 'ViewDefinition.select[0]'],
    // What such a path reaches it reaches again, for ever.
    ...[
      '$this',
      '%resource',
      '%resource.contact',
      "'x'",
      'contact | $this',
      'contact.select(%resource)',
      '$this.where(true)',
      "iif(true, contact, 'x')",
    ].map((path): [unknown, string] => [
      view({ repeat: ['contact', path], column: [column('id')] }),
      'ViewDefinition.select[0].repeat[1]',
    ]),
    [view({ forEach: 'nam', column: [column('id')] }), 'ViewDefinition.select[0].forEach'],
    [
      view({ unionAll: [{ column: [column('id')] }, { column: [{ name: 'w', path: 'id' }] }] }),
      'ViewDefinition.select[0].unionAll[1]',
    ],
    [
      { ...view({ column: [column('id')] }), where: [{ path: 'name.family' }] },
      'ViewDefinition.where[0].path',
    ],
    [{ ...view({ column: [column('id')] }), constant: [{ name: 'x' }] }, 'ViewDefinition.constant[0]'],
  ])('%j', (definition, place) => {
    expect(placeOf(definition)).toBe(place);
  });

  it('whatever the text of a path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (path) => {
        placeOf(view({ column: [column(path)] }));
      }),
    );
  });

  it('whatever is put together from what paths are made of', () => {
    const part = fc.constantFrom(
      ...[
        'name',
        'given',
        '.',
        '(',
        ')',
        'where',
        "'a'",
        '=',
        'and',
        '[',
        ']',
        '0',
        '%rowIndex',
        '$this',
        '|',
        '-',
        '@2020',
        ',',
      ],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        placeOf(view({ column: [column(parts.join(''))] }));
      }),
    );
  });

  it('that nests without end', () => {
    expect(placeOf(view({ column: [column(`${'('.repeat(5_000)}id${')'.repeat(5_000)}`)] }))).toBe(
      'ViewDefinition.select[0].column[0].path',
    );
    let nested: object = { column: [column('id')] };
    for (let depth = 0; depth < 50; depth++) nested = { select: [nested] };
    expect(placeOf(view(nested))).toContain('.select[0].select[0]');
  });
});

describe('the columns of a view', () => {
  it('have the types that R4 gives their paths', () => {
    const { columns } = planView(
      view({
        column: [
          { name: 'birth', path: 'birthDate' },
          { name: 'phones', path: 'telecom.value', collection: true },
          { name: 'n', path: 'name.count()' },
          { name: 'gp', path: 'generalPractitioner.first()' },
        ],
      }),
    );
    expect(columns.map(({ type, isCollection }) => [type, isCollection])).toEqual([
      ['date', false],
      ['string', true],
      ['integer', false],
      ['Reference', false],
    ]);
  });
});
