import {
  Alert,
  call,
  Heading,
  Loaded,
  ProblemAlert,
  useAnswer,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type ReactNode } from 'react';
import { messageText } from './message-text.js';
import { RawMessage, type ByteRange } from './raw-message.js';
import { ResourceTree, type ElementChoice } from './resource-tree.js';

interface Issue {
  readonly code: string;
  readonly location: string;
  readonly text: string;
}

interface Message {
  readonly id: string;
  readonly source: string;
  readonly position: number;
  readonly content: string;
  readonly outcome:
    | { readonly type: 'record.normalised'; readonly payload: { readonly changes: readonly Change[] } }
    | { readonly type: 'record.rejected'; readonly payload: { readonly issues: readonly Issue[] } };
}

interface Change {
  readonly resourceType: string;
  readonly id: string;
  readonly body?: string;
}

interface Explanation {
  readonly from: 'source' | 'setting' | 'rule';
  readonly mappingVersion: string;
  readonly places: readonly { readonly path: string; readonly bytes?: ByteRange; readonly effect: string }[];
  readonly settings: readonly { readonly name: string }[];
  readonly rule: {
    readonly profile?: string;
    readonly tables: readonly { readonly table: string; readonly entry: string }[];
  };
}

/** One message, from its bytes to what becomes of it; an element that is chosen shows where it comes from. */
export function MessagePage({ id }: { readonly id: string }): ReactNode {
  const words = useText(messageText);
  const message = useAnswer<Message>(`/messages/${id}`);
  const [explanation, setExplanation] = useState<Explanation>();
  const [problem, setProblem] = useState<Problem>();
  const explain = async ({ resource, path }: ElementChoice): Promise<void> => {
    setProblem(undefined);
    try {
      setExplanation(await call<Explanation>('/explanations', { method: 'POST', body: { resource, path } }));
    } catch (thrown) {
      setExplanation(undefined);
      setProblem(thrown as Problem);
    }
  };
  return (
    <>
      <Heading level={1}>{words.title}</Heading>
      <Loaded answer={message}>
        {({ content, outcome, source, position }) => (
          <>
            <p>{`${source}, ${String(position)}`}</p>
            <div className="portal-grid">
              <section className="portal-stack" aria-label={words.raw}>
                <Heading level={2}>{words.raw}</Heading>
                <RawMessage
                  label={words.raw}
                  content={content}
                  marked={(explanation?.places ?? []).flatMap(({ bytes }) =>
                    bytes === undefined ? [] : [bytes],
                  )}
                />
                {problem && <ProblemAlert problem={problem} />}
                {explanation && <Origin explanation={explanation} />}
              </section>
              <section className="portal-stack" aria-label={words.resources}>
                <Heading level={2}>{words.resources}</Heading>
                {outcome.type === 'record.rejected' ? (
                  <Alert type="warning" title={words.rejected}>
                    <ul>
                      {outcome.payload.issues.map(({ code, location, text }) => (
                        <li key={`${code} ${location}`}>{`${location} ${text} (${code})`}</li>
                      ))}
                    </ul>
                  </Alert>
                ) : (
                  <>
                    <p>{words.choose}</p>
                    {outcome.payload.changes.map((change) => (
                      <ResourceTree
                        key={`${change.resourceType}/${change.id}`}
                        reference={`${change.resourceType}/${change.id}`}
                        body={change.body}
                        onChoose={(choice) => void explain(choice)}
                      />
                    ))}
                  </>
                )}
              </section>
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}

function Origin({ explanation }: { readonly explanation: Explanation }): ReactNode {
  const words = useText(messageText);
  const { from, places, settings, rule, mappingVersion } = explanation;
  return (
    <Alert title={words.from[from]}>
      <ul>
        {places.map(({ path, effect }) => (
          <li key={`${path} ${effect}`}>{`${path} (${effect})`}</li>
        ))}
        {settings.map(({ name }) => (
          <li key={name}>{`${words.setting} ${name}`}</li>
        ))}
        {rule.tables.map(({ table, entry }) => (
          <li key={`${table} ${entry}`}>{`${words.table} ${table}: ${entry}`}</li>
        ))}
        <li>{`${rule.profile ?? 'FHIR R4'}, ${mappingVersion}`}</li>
      </ul>
    </Alert>
  );
}
