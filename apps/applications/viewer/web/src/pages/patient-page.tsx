import { viewSections } from '@samenhang/client/sections';
import {
  Alert,
  Button,
  Heading,
  LiveStatus,
  Problem,
  ProblemAlert,
  stream,
  useFormats,
  useText,
} from '@samenhang/portal-web';
import { useRef, useState, type ReactNode } from 'react';
import type { ShownLine, ShownView } from '../../../src/shown-view.js';
import { text } from '../text.js';
import { factsOf } from '../view/timeline.js';
import { View } from '../view/view.js';
import { Progress, type Asking } from './progress.js';
import { QuestionForm } from './question-form.js';
import type { Question } from './question.js';

export function PatientPage(): ReactNode {
  const words = useText(text);
  const [view, setView] = useState<ShownView>();
  const [problem, setProblem] = useState<Problem>();
  const [asking, setAsking] = useState<Asking>();
  const [question, setQuestion] = useState<Question>();
  const round = useRef(0);

  const ask = async (asked: Question, retry?: string): Promise<void> => {
    const controller = new AbortController();
    const body = retry === undefined ? asked : { ...asked, retry };
    setAsking({ controller, answered: 0, of: 0, sources: [] });
    setProblem(undefined);
    setView(undefined);
    setQuestion(asked);
    round.current += 1;
    try {
      const lines = stream<ShownLine>('/view', { method: 'POST', body, signal: controller.signal });
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
      <Announcement asking={asking} view={view} />
      {asking && <Progress asking={asking} />}
      {problem && <ProblemAlert problem={problem} />}
      {view && question?.reason !== undefined && (
        <Alert type="warning" title={words.inEmergency}>
          {question.reason}
        </Alert>
      )}
      {view && question && view.retry !== undefined && (
        <Button onClick={() => void ask(question, view.retry)}>{words.retry}</Button>
      )}
      {view && question && <View key={round.current} view={view} question={question} />}
    </>
  );
}

/** What happens, for who does not see it: each source as it answers, and what there is in the end. */
function Announcement({
  asking,
  view,
}: {
  readonly asking: Asking | undefined;
  readonly view: ShownView | undefined;
}): ReactNode {
  const words = useText(text);
  const { number } = useFormats();
  const last = asking?.sources.at(-1);
  const facts =
    view === undefined ? 0 : viewSections.reduce((sum, kind) => sum + factsOf(view, kind).length, 0);
  return (
    <LiveStatus>
      {asking && asking.of === 0 && words.loading}
      {asking &&
        asking.of > 0 &&
        `${words.answered}: ${number(asking.answered)} ${words.ofThese} ${number(asking.of)}. ${
          last === undefined
            ? ''
            : `${last.name ?? words.notNamed}: ${words.statuses[last.status] ?? last.status}`
        }`}
      {view &&
        `${words.shown}: ${number(facts)} ${words.facts}. ${
          view.missing.length === 0 ? '' : `${words.incomplete}.`
        }`}
    </LiveStatus>
  );
}
