import {
  Alert,
  Button,
  call,
  Checkbox,
  Heading,
  Loaded,
  ProblemAlert,
  ProgressBar,
  Select,
  Table,
  TextField,
  useAnswer,
  useFormats,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Source } from '../pages/source.js';
import { compare, type Comparison } from './comparison.js';
import { ComparisonView } from './comparison-view.js';
import { criteriaOf, wholeNumberOf } from './criteria.js';
import { RunProgress, type ReplayRun } from './replay-run.js';
import { replayText } from './replay-text.js';

interface Compared {
  readonly criteria: object;
  readonly messagesPerSecond: number;
  readonly comparison: Comparison;
}

/** Messages offered again: first what that would change, then the replay itself with its progress. */
export function ReplayPage(): ReactNode {
  const words = useText(replayText);
  const runs = useAnswer<{ replays: ReplayRun[] }>('/replays');
  const [progress, setProgress] = useState<{ readonly done: number; readonly of: number }>();
  const [compared, setCompared] = useState<Compared>();
  const [run, setRun] = useState<ReplayRun>();
  const [problem, setProblem] = useState<Problem>();

  const preview = async (form: FormData): Promise<void> => {
    setCompared(undefined);
    setRun(undefined);
    setProblem(undefined);
    setProgress({ done: 0, of: 0 });
    const criteria = criteriaOf(form);
    try {
      const comparison = await compare(criteria, wholeNumberOf(form, 'most', 200), (done, of) =>
        setProgress({ done, of }),
      );
      setCompared({ criteria, messagesPerSecond: wholeNumberOf(form, 'rate', 200), comparison });
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
    setProgress(undefined);
  };
  const start = async ({ criteria, messagesPerSecond }: Compared): Promise<void> => {
    setProblem(undefined);
    try {
      const body = { ...criteria, messagesPerSecond };
      setRun(await call<ReplayRun>('/replays', { method: 'POST', body }));
      setCompared(undefined);
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };

  return (
    <>
      <Heading level={1}>{words.title}</Heading>
      <CriteriaForm
        onSubmit={(form) => void preview(form)}
        // What was compared is what is replayed: other criteria are compared anew.
        onChange={() => setCompared(undefined)}
      />
      {problem && <ProblemAlert problem={problem} />}
      {progress && <ProgressBar label={words.comparing} value={progress.done} maximum={progress.of} />}
      {compared && (
        <div className="portal-stack">
          <Heading level={2}>{words.difference}</Heading>
          <ComparisonView comparison={compared.comparison} />
          <Button appearance="primary" onClick={() => void start(compared)}>
            {words.start}
          </Button>
        </div>
      )}
      {!compared && !run && !progress && <Alert>{words.first}</Alert>}
      {run && <RunProgress key={run.id} begun={run} onEnded={runs.reload} />}
      <Loaded answer={runs}>{({ replays }) => <Runs runs={replays} />}</Loaded>
    </>
  );
}

function CriteriaForm({
  onSubmit,
  onChange,
}: {
  readonly onSubmit: (form: FormData) => void;
  readonly onChange: () => void;
}): ReactNode {
  const words = useText(replayText);
  const sources = useAnswer<{ sources: Source[] }>('/sources');
  const [asked] = useState(() => new URLSearchParams(location.search));
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget));
  };
  return (
    <Loaded answer={sources}>
      {(value) => (
        <form className="portal-stack" onSubmit={submit} onChange={onChange}>
          <div className="portal-grid">
            <Select label={words.source} name="source" required defaultValue={asked.get('source') ?? ''}>
              <option value="">{words.chooseSource}</option>
              {value.sources.map(({ id, displayName }) => (
                <option key={id} value={id}>
                  {displayName ?? id}
                </option>
              ))}
            </Select>
            <TextField label={words.from} name="from" type="datetime-local" />
            <TextField label={words.until} name="until" type="datetime-local" />
            <TextField label={words.type} description={words.typeHint} name="type" />
            <TextField
              label={words.mappingVersion}
              description={words.mappingVersionHint}
              name="mappingVersion"
            />
            <TextField label={words.mapBy} description={words.mapByHint} name="mapBy" />
            <TextField label={words.rate} name="rate" inputMode="numeric" defaultValue="200" />
            <TextField label={words.most} name="most" inputMode="numeric" defaultValue="200" />
          </div>
          <Checkbox
            label={words.quarantined}
            name="quarantined"
            defaultChecked={asked.get('quarantined') === 'true'}
          />
          <Button type="submit">{words.preview}</Button>
        </form>
      )}
    </Loaded>
  );
}

function Runs({ runs }: { readonly runs: readonly ReplayRun[] }): ReactNode {
  const words = useText(replayText);
  const { date, number } = useFormats();
  return (
    <Table
      caption={words.runs}
      rows={runs}
      keyOf={({ id }) => id}
      empty={words.noRuns}
      columns={[
        { header: words.source, cell: ({ criteria }) => criteria.source },
        { header: words.begun, cell: ({ createdAt }) => date(createdAt) },
        { header: words.state, cell: ({ state }) => words.states[state] },
        { header: words.replayed, isNumber: true, cell: ({ replayed }) => number(replayed) },
        { header: words.unreadable, isNumber: true, cell: ({ unreadable }) => number(unreadable) },
      ]}
    />
  );
}
