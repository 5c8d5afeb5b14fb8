import {
  Button,
  call,
  Fieldset,
  Heading,
  Paragraph,
  Problem,
  ProblemAlert,
  Select,
  TextArea,
  TextField,
  useText,
} from '@samenhang/portal-web';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Permit } from '../permit.js';
import { proposeView, type ColumnMeaning } from './example-view.js';
import { outputText } from './output-text.js';

const empty: ColumnMeaning = { column: '', meaning: 'known', coarsening: 'list', values: '' };

/** Asks for a table: a view, and what its columns mean for the persons in it. */
export function OutputForm({
  permit,
  onRequested,
}: {
  readonly permit: Permit;
  readonly onRequested: () => void;
}): ReactNode {
  const words = useText(outputText);
  const [proposal] = useState(() => proposeView(permit));
  const [columns, setColumns] = useState<readonly ColumnMeaning[]>(proposal.columns);
  const [problem, setProblem] = useState<Problem>();
  const isOmop = permit.outputKind === 'omop';
  const headings = {
    counts: '',
    anonymised: words.request,
    pseudonymised: words.request,
    omop: words.requestOmop,
    'ai-sets': words.requestSets,
  };
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setProblem(undefined);
    try {
      const body = requestOf(form, permit.outputKind, words.notJson);
      await call(`/permits/${permit.id}/outputs`, { method: 'POST', body });
      onRequested();
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  return (
    <>
      <Heading level={2}>{headings[permit.outputKind]}</Heading>
      <form className="portal-stack" onSubmit={(event) => void submit(event)} noValidate>
        {isOmop ? (
          <Paragraph>{words.omopLead}</Paragraph>
        ) : (
          <TextArea
            label={words.view}
            description={words.viewHint}
            name="view"
            rows={12}
            spellCheck={false}
            defaultValue={JSON.stringify(proposal.view, null, 2)}
          />
        )}
        <Select label={words.format} name="format">
          {['csv', 'ndjson', 'parquet'].map((format) => (
            <option key={format}>{format}</option>
          ))}
        </Select>
        {permit.outputKind === 'ai-sets' && <SplitFields />}
        {!isOmop && <TextField label={words.person} name="person" defaultValue="person" />}
        {!isOmop && columns.map((column, at) => <ColumnFields key={at} column={column} at={at} />)}
        <div className="portal-row">
          {!isOmop && <Button onClick={() => setColumns([...columns, empty])}>{words.addColumn}</Button>}
          {!isOmop && columns.length > 0 && (
            <Button onClick={() => setColumns(columns.slice(0, -1))}>{words.removeColumn}</Button>
          )}
          <Button type="submit" appearance="primary">
            {words.send}
          </Button>
        </div>
      </form>
      {problem && <ProblemAlert problem={problem} />}
    </>
  );
}

const splits = { development: '70', validation: '15', test: '15' } as const;

/** How many of a hundred persons are in each set. */
function SplitFields(): ReactNode {
  const words = useText(outputText);
  return (
    <Fieldset legend={words.split}>
      <div className="portal-row">
        {(['development', 'validation', 'test'] as const).map((set) => (
          <TextField
            key={set}
            label={words.sets[set]}
            name={set}
            defaultValue={splits[set]}
            inputMode="numeric"
          />
        ))}
      </div>
    </Fieldset>
  );
}

function ColumnFields({ column, at }: { readonly column: ColumnMeaning; readonly at: number }): ReactNode {
  const words = useText(outputText);
  return (
    <Fieldset legend={`${words.column} ${String(at + 1)}`}>
      <div className="portal-row">
        <TextField label={words.column} name="column" defaultValue={column.column} />
        <Select label={words.meaning} name="meaning" defaultValue={column.meaning}>
          <option value="known">{words.known}</option>
          <option value="sensitive">{words.sensitive}</option>
        </Select>
        <Select label={words.coarsening} name="coarsening" defaultValue={column.coarsening}>
          {Object.entries(words.coarsenings).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </Select>
        <TextField label={words.values} name="values" defaultValue={column.values} />
      </div>
    </Fieldset>
  );
}

/** @throws Problem when the view is no JSON; whether it is a view, the service says */
function requestOf(form: FormData, kind: Permit['outputKind'], notJson: string): object {
  if (kind === 'omop') return { format: form.get('format') };
  const all = (name: string): string[] => form.getAll(name).map((value) => String(value).trim());
  const [names, meanings, coarsenings, values] = ['column', 'meaning', 'coarsening', 'values'].map(all);
  const columns = (names ?? []).map((column, at) => ({
    meaning: meanings?.[at],
    declared: {
      column,
      coarsening: coarsenings?.[at],
      ...(coarsenings?.[at] === 'list' ? { values: (values?.[at] ?? '').split(/\s*,\s*/) } : {}),
    },
  }));
  const of = (wanted: ColumnMeaning['meaning']): object[] =>
    columns.filter(({ meaning }) => meaning === wanted).map(({ declared }) => declared);
  return {
    view: parse(String(form.get('view')), notJson),
    format: form.get('format'),
    person: String(form.get('person')).trim(),
    known: of('known'),
    sensitive: of('sensitive'),
    ...(kind === 'ai-sets'
      ? {
          split: Object.fromEntries(Object.keys(splits).map((set) => [set, Number(form.get(set))])),
        }
      : {}),
  };
}

function parse(json: string, notJson: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    throw new Problem(400, notJson);
  }
}
