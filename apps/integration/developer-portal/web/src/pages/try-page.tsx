import {
  Alert,
  Badge,
  Button,
  call,
  Heading,
  Loaded,
  Paragraph,
  ProblemAlert,
  Select,
  TextArea,
  useAnswer,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type FormEvent, type ReactNode } from 'react';
import { exampleBody, operationsOf, type OfferedOperation, type OpenApi } from '../open-api.js';
import { text } from '../text.js';

interface TrialAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly milliseconds: number;
  readonly body: string;
}

/** Makes a request of the reader's choice through the portal's server. */
export function TryPage(): ReactNode {
  const words = useText(text);
  const answer = useAnswer<OpenApi>('/documents/openapi/query-api');
  return (
    <>
      <Heading level={1}>{words.tryIt}</Heading>
      <Paragraph>{words.tryLead}</Paragraph>
      <Loaded answer={answer}>
        {(document) => (
          <TrialForm operations={operationsOf(document).filter(({ path }) => !path.includes('{'))} />
        )}
      </Loaded>
    </>
  );
}

const nameOf = ({ method, path }: OfferedOperation): string => `${method} ${path}`;

function TrialForm({ operations }: { readonly operations: readonly OfferedOperation[] }): ReactNode {
  const words = useText(text);
  const [chosen, setChosen] = useState(() =>
    operations.findIndex(({ path }) => path.includes('$everything')),
  );
  const [isRunning, setIsRunning] = useState(false);
  const [answer, setAnswer] = useState<TrialAnswer>();
  const [problem, setProblem] = useState<Problem>();
  const operation = operations[Math.max(chosen, 0)];
  if (operation === undefined) return <Paragraph>{words.noOperations}</Paragraph>;
  const example = exampleBody(operation);
  const send = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const body = new FormData(event.currentTarget).get('body') ?? '';
    const { method, path } = operation;
    setAnswer(undefined);
    setProblem(undefined);
    setIsRunning(true);
    try {
      const trial = { method, path, contentType: example?.contentType, body };
      setAnswer(await call<TrialAnswer>('/trials', { method: 'POST', body: trial }));
    } catch (thrown) {
      setProblem(thrown as Problem);
    } finally {
      setIsRunning(false);
    }
  };
  return (
    <>
      <form className="portal-stack" onSubmit={(event) => void send(event)}>
        <Select
          label={words.operation}
          value={Math.max(chosen, 0)}
          onChange={({ target }) => setChosen(Number(target.value))}
        >
          {operations.map((each, at) => (
            <option key={nameOf(each)} value={at}>
              {nameOf(each)}
            </option>
          ))}
        </Select>
        {example !== undefined && (
          <TextArea
            key={nameOf(operation)}
            label={words.body}
            description={example.contentType}
            name="body"
            rows={10}
            spellCheck={false}
            defaultValue={example.body}
          />
        )}
        <Button type="submit" appearance="primary" disabled={isRunning}>
          {words.send}
        </Button>
      </form>
      {isRunning && <Alert>{words.sending}</Alert>}
      {problem && <ProblemAlert problem={problem} />}
      {answer && (
        <section className="portal-stack" aria-label={words.answer}>
          <Heading level={2}>{words.answer}</Heading>
          <p role="status">
            <Badge tone={answer.status < 400 ? 'positive' : 'negative'}>{answer.status}</Badge>{' '}
            {`${answer.contentType}, ${String(answer.milliseconds)} ${words.milliseconds}`}
          </p>
          <pre className="portal-raw" tabIndex={0} role="group" aria-label={words.answer}>
            {indented(answer.body)}
          </pre>
        </section>
      )}
    </>
  );
}

/** What is no JSON, or was cut off, stays as it came. */
function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
