import { describe, expect, it } from 'vitest';
import { editableTables, entriesOf, overlay, withEntry, type EditableTable } from './table-entries.js';

const released = {
  'hl7-tables': { title: 'HL7', '0001': { title: 'Sex', codes: { F: 'female', M: 'male' } } },
  units: { title: 'Units', exact: ['%', 'g'], folded: { percent: '%' } },
  'hl7-control-fields': { title: 'Steering', MSH: '3 4', EVN: '*' },
  ips: { sections: [{ name: 'a' }] },
  stu3: { types: { Patient: { rename: { a: 'b' }, gone: ['c'] } } },
};
const sex: EditableTable = { path: ['hl7-tables', '0001', 'codes'], kind: 'texts' };
const exact: EditableTable = { path: ['units', 'exact'], kind: 'list' };

describe('tables of the mapping', () => {
  it('are those that hold texts, wherever they stand', () => {
    expect(editableTables(released).map(({ path, kind }) => `${path.join('/')} ${kind}`)).toEqual([
      'hl7-tables/0001/codes texts',
      'units/exact list',
      'units/folded texts',
      'hl7-control-fields texts',
      'stu3/types/Patient/rename texts',
      'stu3/types/Patient/gone list',
    ]);
    expect(entriesOf(released, sex)).toEqual([
      { key: 'F', value: 'female' },
      { key: 'M', value: 'male' },
    ]);
    expect(entriesOf(released, exact)).toEqual([{ key: '%' }, { key: 'g' }]);
    expect(entriesOf(released, { path: ['hl7-control-fields'], kind: 'texts' })).toHaveLength(2);
  });

  it('go into a set as a whole, with the one entry changed in its place, and nothing else', () => {
    const set = withEntry(released, {}, sex, 'F', { key: 'F', value: 'other' });
    expect(set).toEqual({ 'hl7-tables': { '0001': { title: 'Sex', codes: { F: 'other', M: 'male' } } } });
    const more = withEntry(released, set, sex, 'V', { key: 'V', value: 'female' });
    expect(entriesOf(overlay(released, more), sex)).toEqual([
      { key: 'F', value: 'other' },
      { key: 'M', value: 'male' },
      { key: 'V', value: 'female' },
    ]);
    expect(released['hl7-tables']['0001'].codes).toEqual({ F: 'female', M: 'male' });
  });

  it('lose an entry', () => {
    expect(withEntry(released, {}, sex, 'M', undefined)).toEqual({
      'hl7-tables': { '0001': { title: 'Sex', codes: { F: 'female' } } },
    });
    expect(withEntry(released, {}, exact, 'g', undefined)).toEqual({ units: { exact: ['%'] } });
  });

  it('get an entry in a list, and one in a table that is not there yet', () => {
    expect(withEntry(released, {}, exact, 'mg', { key: 'mg' })).toEqual({
      units: { exact: ['%', 'g', 'mg'] },
    });
    const own: EditableTable = { path: ['sources', '22222222/lis', 'units'], kind: 'texts' };
    expect(withEntry(released, {}, own, 'mmol', { key: 'mmol', value: 'mmol/L' })).toEqual({
      sources: { '22222222/lis': { units: { mmol: 'mmol/L' } } },
    });
  });

  it('that are a file by themselves take one entry at a time', () => {
    const whole: EditableTable = { path: ['hl7-control-fields'], kind: 'texts' };
    expect(withEntry(released, {}, whole, 'EVN', { key: 'EVN', value: '1' })).toEqual({
      'hl7-control-fields': { EVN: '1' },
    });
  });
});
