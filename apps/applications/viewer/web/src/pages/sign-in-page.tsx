import {
  Button,
  call,
  Heading,
  Paragraph,
  ProblemAlert,
  Select,
  useAnswer,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type FormEvent, type ReactNode } from 'react';
import { text } from '../text.js';
import type { Professional } from '../viewer.js';

export function SignInPage({ onSignedIn }: { readonly onSignedIn: () => void }): ReactNode {
  const words = useText(text);
  const professionals = useAnswer<Professional[]>('/professionals');
  const [problem, setProblem] = useState<Problem>();
  const signIn = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const deziNumber = new FormData(event.currentTarget).get('professional');
    try {
      await call('/session', { method: 'POST', body: { deziNumber } });
      onSignedIn();
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  const failure = problem ?? professionals.problem;
  return (
    <>
      <Heading level={1}>{words.signIn}</Heading>
      <Paragraph>{words.signInExplained}</Paragraph>
      {failure && <ProblemAlert problem={failure} />}
      {professionals.value && (
        <form className="portal-stack" onSubmit={(event) => void signIn(event)}>
          <Select label={words.professional} name="professional">
            {professionals.value.map(({ deziNumber, name, role, organisation }) => (
              <option key={deziNumber} value={deziNumber}>
                {`${name}, ${role}, ${organisation}`}
              </option>
            ))}
          </Select>
          <Button type="submit" appearance="primary">
            {words.signIn}
          </Button>
        </form>
      )}
    </>
  );
}
