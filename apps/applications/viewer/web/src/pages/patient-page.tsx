import type { PatientView } from '@samenhang/client';
import {
  Alert,
  Button,
  call,
  Heading,
  ProblemAlert,
  Select,
  TextArea,
  TextField,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import { text } from '../text.js';
import { View } from '../view/view.js';

/** What the server sends of a view: all but the Bundle it was read from. */
export type ShownView = Omit<PatientView, 'bundle'>;

export function PatientPage(): ReactNode {
  const words = useText(text);
  const [view, setView] = useState<ShownView>();
  const [problem, setProblem] = useState<Problem>();
  const [asking, setAsking] = useState<AbortController>();
  const round = useRef(0);

  const ask = async (body: Question): Promise<void> => {
    const controller = new AbortController();
    setAsking(controller);
    setProblem(undefined);
    setView(undefined);
    round.current += 1;
    try {
      setView(await call<ShownView>('/view', { method: 'POST', body, signal: controller.signal }));
    } catch (thrown) {
      if (!controller.signal.aborted) setProblem(thrown as Problem);
    } finally {
      setAsking(undefined);
    }
  };

  return (
    <>
      <Heading level={1}>{words.patient}</Heading>
      <QuestionForm onAsk={(question) => void ask(question)} />
      {asking && (
        <Alert>
          {words.loading} <Button onClick={() => asking.abort()}>{words.stop}</Button>
        </Alert>
      )}
      {problem && <ProblemAlert problem={problem} />}
      {view && <View key={round.current} view={view} />}
    </>
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
