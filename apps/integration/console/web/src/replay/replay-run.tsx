import {
  Alert,
  Button,
  call,
  DataList,
  ProblemAlert,
  ProgressBar,
  useFormats,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useEffect, useState, type ReactNode } from 'react';
import { replayText } from './replay-text.js';

/** A replay as ingest tells it. */
export interface ReplayRun {
  readonly id: string;
  readonly criteria: { readonly source: string };
  readonly state: 'running' | 'done' | 'cancelled';
  readonly position: number;
  readonly lastPosition: number;
  readonly replayed: number;
  readonly unreadable: number;
  readonly createdAt: string;
}

const LOOK_AGAIN_MS = 1_000;

/** A replay that was begun: how far it is until it is done, and stopping it. */
export function RunProgress({
  begun,
  onEnded,
}: {
  readonly begun: ReplayRun;
  readonly onEnded: () => void;
}): ReactNode {
  const words = useText(replayText);
  const { number } = useFormats();
  const [run, setRun] = useState(begun);
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    if (run.state !== 'running') {
      onEnded();
      return undefined;
    }
    const timer = setTimeout(() => {
      // What fails once is looked at again: the replay goes on at the server.
      call<ReplayRun>(`/replays/${run.id}`).then(
        (now) => {
          setProblem(undefined);
          setRun(now);
        },
        (thrown: Problem) => {
          setProblem(thrown);
          setRun((before) => ({ ...before }));
        },
      );
    }, LOOK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [run, onEnded]);
  const cancel = async (): Promise<void> => {
    try {
      await call(`/replays/${run.id}`, { method: 'DELETE' });
      setRun(await call<ReplayRun>(`/replays/${run.id}`));
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  return (
    <div className="portal-card portal-stack">
      {problem && <ProblemAlert problem={problem} />}
      <ProgressBar
        label={`${words.progress}: ${number(run.position)} / ${number(run.lastPosition)}`}
        value={run.state === 'done' ? run.lastPosition : run.position}
        maximum={run.lastPosition}
      />
      <DataList
        items={[
          [words.replayed, number(run.replayed)],
          [words.unreadable, number(run.unreadable)],
        ]}
      />
      {run.state === 'running' ? (
        <Button onClick={() => void cancel()}>{words.cancel}</Button>
      ) : (
        <Alert type={run.state === 'done' ? 'ok' : 'info'}>{words.states[run.state]}</Alert>
      )}
    </div>
  );
}
