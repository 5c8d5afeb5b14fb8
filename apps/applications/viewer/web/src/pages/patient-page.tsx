import {
  Alert,
  Button,
  Heading,
  Problem,
  ProblemAlert,
  ProgressBar,
  Select,
  stream,
  TextArea,
  TextField,
  useFormats,
  useText,
} from '@samenhang/portal-web';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import type { ShownLine, ShownView } from '../../../src/shown-view.js';
import { text } from '../text.js';
import { View } from '../view/view.js';

/** A view on its way: which sources answered, and at last the whole. */
interface Asking {
  readonly controller: AbortController;
  readonly answered: number;
  readonly of: number;
  readonly sources: readonly Extract<ShownLine, { kind: 'source' }>[];
}

export function PatientPage(): ReactNode {
  const words = useText(text);
  const [view, setView] = useState<ShownView>();
  const [problem, setProblem] = useState<Problem>();
  const [asking, setAsking] = useState<Asking>();
  const [question, setQuestion] = useState<Question>();
  const round = useRef(0);

  const ask = async (asked: Question & { readonly retry?: string }): Promise<void> => {
    const controller = new AbortController();
    setAsking({ controller, answered: 0, of: 0, sources: [] });
    setProblem(undefined);
    setView(undefined);
    setQuestion(asked);
    round.current += 1;
    try {
      const lines = stream<ShownLine>('/view', { method: 'POST', body: asked, signal: controller.signal });
      for await (const line of lines) {
        if (line.kind === 'view') setView(line.view);
        else if (line.kind === 'problem') setProblem(new Problem(502, line.detail));
        else
          setAsking((before) => ({
            controller,
            answered: line.answered,
            of: line.of,
            sources: line.kind === 'source' ? [...(before?.sources ?? []), line] : [],
          }));
      }
    } catch (thrown) {
      if (!controller.signal.aborted) setProblem(thrown as Problem);
    } finally {
      setAsking(undefined);
    }
  };

  return (
    <>
      <Heading level={1}>{words.patient}</Heading>
      <QuestionForm onAsk={(asked) => void ask(asked)} />
      {asking && <Progress asking={asking} />}
      {problem && <ProblemAlert problem={problem} />}
      {view && question && view.retry !== undefined && (
        <Button
          onClick={() =>
            void ask({ ...question, ...(view.retry === undefined ? {} : { retry: view.retry }) })
          }
        >
          {words.retry}
        </Button>
      )}
      {view && <View key={round.current} view={view} />}
    </>
  );
}

/** The sources as they answer; the reader may stop waiting. */
function Progress({ asking }: { readonly asking: Asking }): ReactNode {
  const words = useText(text);
  const { number } = useFormats();
  return (
    <Alert title={words.loading}>
      <ProgressBar label={words.answered} value={asking.answered} maximum={Math.max(asking.of, 1)} />
      <ul>
        {asking.sources.map(({ name, status, resources }, at) => (
          <li key={at}>{`${name ?? words.notNamed}: ${status}, ${number(resources)} ${words.facts}`}</li>
        ))}
      </ul>
      <Button onClick={() => asking.controller.abort()}>{words.stop}</Button>
    </Alert>
  );
}

interface Question {
  readonly bsn: string;
  readonly purpose: 'TREAT' | 'BTG';
  readonly reason?: string;
}

function QuestionForm({ onAsk }: { readonly onAsk: (question: Question) => void }): ReactNode {
  const words = useText(text);
  const [purpose, setPurpose] = useState<Question['purpose']>('TREAT');
  const [wrong, setWrong] = useState<{ readonly bsn?: string; readonly reason?: string }>({});
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const bsn = String(form.get('bsn')).trim();
    const reason = String(form.get('reason') ?? '').trim();
    const faults = {
      ...(/^\d{9}$/.test(bsn) ? {} : { bsn: words.bsnWrong }),
      ...(purpose === 'TREAT' || reason.length >= 10 ? {} : { reason: words.reasonWrong }),
    };
    setWrong(faults);
    if (Object.keys(faults).length === 0) onAsk({ bsn, purpose, ...(purpose === 'BTG' ? { reason } : {}) });
  };
  return (
    <form className="portal-stack" onSubmit={submit} autoComplete="off" noValidate>
      <div className="portal-row">
        <TextField
          label={words.bsn}
          description={words.bsnHint}
          error={wrong.bsn}
          name="bsn"
          inputMode="numeric"
          maxLength={9}
        />
        <Select
          label={words.purpose}
          value={purpose}
          onChange={({ target }) => setPurpose(target.value as Question['purpose'])}
        >
          <option value="TREAT">{words.treatment}</option>
          <option value="BTG">{words.emergency}</option>
        </Select>
      </div>
      {purpose === 'BTG' && (
        <TextArea
          label={words.reason}
          description={words.reasonHint}
          error={wrong.reason}
          name="reason"
          maxLength={500}
        />
      )}
      <Button type="submit" appearance="primary">
        {words.show}
      </Button>
    </form>
  );
}
