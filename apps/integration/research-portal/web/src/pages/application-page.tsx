import {
  Button,
  call,
  Checkbox,
  Fieldset,
  Heading,
  Loaded,
  ProblemAlert,
  Select,
  TextField,
  useAnswer,
  useLocation,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Catalogue } from '../../../src/read-catalogue.js';
import { custodiansOf, elementsByType } from '../catalogue.js';
import type { Permit } from '../permit.js';
import { text } from '../text.js';

/** Applies for a permit: for what, of which data, at whom. */
export function ApplicationPage(): ReactNode {
  const words = useText(text);
  const catalogue = useAnswer<Catalogue>('/catalogue');
  const [problem, setProblem] = useState<Problem>();
  const [, navigate] = useLocation();
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setProblem(undefined);
    try {
      const { id } = await call<Permit>('/permits', { method: 'POST', body: applicationOf(form) });
      navigate(`/permits/${id}`);
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  const options = (names: Readonly<Record<string, string>>): ReactNode[] =>
    Object.entries(names).map(([value, name]) => (
      <option key={value} value={value}>
        {name}
      </option>
    ));
  return (
    <>
      <Heading level={1}>{words.apply}</Heading>
      <Loaded answer={catalogue}>
        {(value) => (
          <form className="portal-stack" onSubmit={(event) => void submit(event)} noValidate>
            <TextField label={words.title} name="title" maxLength={200} />
            <Select label={words.purpose} name="purpose" defaultValue="scientific-research">
              {options(words.purposes)}
            </Select>
            <div className="portal-grid">
              {elementsByType(value).map(([type, elements]) => (
                <Fieldset key={type} legend={type}>
                  {elements.map((element) => (
                    <Checkbox key={element} label={element} name="element" value={`${type}.${element}`} />
                  ))}
                </Fieldset>
              ))}
            </div>
            <Fieldset legend={words.custodians}>
              {custodiansOf(value).map(({ ura, name }) => (
                <Checkbox key={ura} label={name} name="custodian" value={ura} defaultChecked />
              ))}
            </Fieldset>
            <TextField label={words.from} name="from" type="date" />
            <TextField label={words.until} name="until" type="date" />
            <Select label={words.dates} name="dates" defaultValue="month">
              {options(words.datePrecisions)}
            </Select>
            <TextField label={words.population} description={words.populationHint} name="population" />
            <Select label={words.outputKind} description={words.outputKindHint} name="outputKind">
              {options(words.outputKinds)}
            </Select>
            {problem && <ProblemAlert problem={problem} />}
            <Button type="submit" appearance="primary">
              {words.send}
            </Button>
          </form>
        )}
      </Loaded>
    </>
  );
}

/** The application that the fields make; whether it is right, the service says. */
function applicationOf(form: FormData): object {
  const value = (name: string): string => String(form.get(name) ?? '').trim();
  const chosen = form.getAll('element').map((each) => String(each).split('.', 2) as [string, string]);
  const datasets = [...Map.groupBy(chosen, ([type]) => type)].map(([type, elements]) => ({
    type,
    elements: elements.map(([, element]) => element),
  }));
  const code = value('population');
  return {
    title: value('title'),
    purpose: value('purpose'),
    datasets,
    custodians: form.getAll('custodian').map(String),
    period: { from: value('from'), until: value('until') },
    dates: value('dates'),
    ...(code === '' ? {} : { population: { system: 'http://snomed.info/sct', code } }),
    outputKind: value('outputKind'),
  };
}
