import {
  Alert,
  Button,
  call,
  Fieldset,
  Heading,
  Paragraph,
  ProblemAlert,
  Select,
  TextField,
  useFormats,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type FormEvent, type ReactNode } from 'react';
import { HolderAnswers, type HolderAnswer } from '../holder-answers.js';
import { countText } from './count-text.js';

type Count = { readonly holders: readonly HolderAnswer[] } & (
  { readonly kind: 'count'; readonly count: number } | { readonly kind: 'withheld' | 'refused' }
);

const MOST_CONDITIONS = 3;

/** Asks how many patients meet conditions, as far as the answer says nothing about anyone. */
export function CountForm({ permit }: { readonly permit: string }): ReactNode {
  const words = useText(countText);
  const [conditions, setConditions] = useState(1);
  const [isCounting, setIsCounting] = useState(false);
  const [count, setCount] = useState<Count>();
  const [problem, setProblem] = useState<Problem>();
  const ask = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const values = form.getAll('value').map((value) => String(value).trim());
    const asked = form.getAll('dimension').map((dimension, at) => ({ dimension, value: values[at] ?? '' }));
    setProblem(undefined);
    setCount(undefined);
    setIsCounting(true);
    try {
      setCount(
        await call<Count>(`/permits/${permit}/counts`, { method: 'POST', body: { conditions: asked } }),
      );
    } catch (thrown) {
      setProblem(thrown as Problem);
    } finally {
      setIsCounting(false);
    }
  };
  return (
    <>
      <Heading level={2}>{words.title}</Heading>
      <Paragraph>{words.lead}</Paragraph>
      <form className="portal-stack" onSubmit={(event) => void ask(event)} noValidate>
        {Array.from({ length: conditions }, (_, at) => (
          <Fieldset key={at} legend={`${words.condition} ${String(at + 1)}`}>
            <div className="portal-row">
              <Select label={words.dimension} name="dimension">
                {Object.entries(words.dimensions).map(([name, label]) => (
                  <option key={name} value={name}>
                    {label}
                  </option>
                ))}
              </Select>
              <TextField label={words.value} description={words.valueHint} name="value" />
            </div>
          </Fieldset>
        ))}
        <div className="portal-row">
          {conditions < MOST_CONDITIONS && (
            <Button onClick={() => setConditions(conditions + 1)}>{words.add}</Button>
          )}
          {conditions > 1 && <Button onClick={() => setConditions(conditions - 1)}>{words.remove}</Button>}
          <Button type="submit" appearance="primary" disabled={isCounting}>
            {words.count}
          </Button>
        </div>
      </form>
      {isCounting && <Alert>{words.counting}</Alert>}
      {problem && <ProblemAlert problem={problem} />}
      {count && <CountAnswer count={count} />}
    </>
  );
}

function CountAnswer({ count }: { readonly count: Count }): ReactNode {
  const words = useText(countText);
  const { number } = useFormats();
  return (
    <>
      {count.kind === 'count' ? (
        <Alert type="ok" title={`${words.about} ${number(count.count)} ${words.patients}`} />
      ) : (
        <Alert>{words[count.kind]}</Alert>
      )}
      <HolderAnswers holders={count.holders} />
    </>
  );
}
