import {
  Alert,
  Button,
  Heading,
  Loaded,
  ProblemAlert,
  ProgressBar,
  Select,
  TextField,
  useAnswer,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Source } from '../pages/source.js';
import { compare, type Comparison } from '../replay/comparison.js';
import { ComparisonView } from '../replay/comparison-view.js';
import { wholeNumberOf } from '../replay/criteria.js';
import { replayText } from '../replay/replay-text.js';
import { tablesText } from './tables-text.js';

interface Trial {
  readonly now: Comparison;
  readonly then: Comparison;
}

/** The last messages of a source mapped by a set that is not in use, beside what is in use; nothing is changed by it. */
export function TablesTrial({ version }: { readonly version: number }): ReactNode {
  const words = { ...useText(replayText), ...useText(tablesText) };
  const sources = useAnswer<{ sources: Source[] }>('/sources');
  const [progress, setProgress] = useState<{ readonly done: number; readonly of: number }>();
  const [trial, setTrial] = useState<Trial>();
  const [problem, setProblem] = useState<Problem>();
  const run = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const latest = wholeNumberOf(form, 'latest', 100);
    const order = { source: String(form.get('source')), latest };
    setTrial(undefined);
    setProblem(undefined);
    setProgress({ done: 0, of: 0 });
    try {
      const now = await compare(order, latest, (done, of) => setProgress({ done, of: of * 2 }));
      const then = await compare({ ...order, tables: version }, latest, (done, of) =>
        setProgress({ done: of + done, of: of * 2 }),
      );
      setTrial({ now, then });
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
    setProgress(undefined);
  };
  return (
    <section className="portal-stack" aria-label={words.tryOut}>
      <Heading level={2}>{words.tryOut}</Heading>
      <Loaded answer={sources}>
        {(value) => (
          <form className="portal-row" onSubmit={(event) => void run(event)}>
            <Select label={words.source} name="source" required>
              <option value="">{words.chooseSource}</option>
              {value.sources.map(({ id, displayName }) => (
                <option key={id} value={id}>
                  {displayName ?? id}
                </option>
              ))}
            </Select>
            <TextField label={words.latest} name="latest" inputMode="numeric" defaultValue="100" />
            <Button type="submit">{words.dryRun}</Button>
          </form>
        )}
      </Loaded>
      {problem && <ProblemAlert problem={problem} />}
      {progress && <ProgressBar label={words.comparing} value={progress.done} maximum={progress.of} />}
      {trial && trial.then.summary.rejected > trial.now.summary.rejected && (
        <Alert type="warning">{words.worse}</Alert>
      )}
      {trial && (
        <ComparisonView
          comparison={trial.then}
          now={{ summary: trial.now.summary, name: words.now, tried: words.tried }}
        />
      )}
    </section>
  );
}
