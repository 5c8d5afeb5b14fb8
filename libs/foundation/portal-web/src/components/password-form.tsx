import { useState, type FormEvent, type ReactNode } from 'react';
import { call, type Problem } from '../api.js';
import { defineText, useText } from '../text.js';
import { ProblemAlert } from './content.js';
import { Button, TextField } from './controls.js';

const text = defineText(
  { signIn: 'Inloggen', login: 'Gebruikersnaam', password: 'Wachtwoord' },
  { signIn: 'Sign in', login: 'User name', password: 'Password' },
);

/** Begins a session with the name and the password of an account of the portal. */
export function PasswordForm({ onSignedIn }: { readonly onSignedIn: () => void }): ReactNode {
  const words = useText(text);
  const [problem, setProblem] = useState<Problem>();
  const signIn = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setProblem(undefined);
    try {
      await call('/session', {
        method: 'POST',
        body: { login: form.get('login'), password: form.get('password') },
      });
      onSignedIn();
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  return (
    <>
      {problem && <ProblemAlert problem={problem} />}
      <form className="portal-stack" onSubmit={(event) => void signIn(event)}>
        <TextField label={words.login} name="login" autoComplete="username" required />
        <TextField
          label={words.password}
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        <Button type="submit" appearance="primary">
          {words.signIn}
        </Button>
      </form>
    </>
  );
}
