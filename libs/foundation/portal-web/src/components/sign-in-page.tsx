import type { ReactNode } from 'react';
import { defineText, useText } from '../text.js';
import { useAnswer } from '../use-answer.js';
import { Alert, Heading, Paragraph } from './content.js';
import { Loaded } from './loaded.js';
import { PasswordForm } from './password-form.js';

const text = defineText(
  {
    signIn: 'Inloggen',
    atOrganisation: 'Inloggen bij uw organisatie',
    explained: 'U gaat naar de inlogpagina van uw organisatie en komt daarna hier terug.',
    failed: 'Het inloggen is niet gelukt. Probeer het opnieuw.',
    refused: 'U bent niet ingelogd: u brak het af, of u hebt hier geen rol.',
  },
  {
    signIn: 'Sign in',
    atOrganisation: 'Sign in at your organisation',
    explained: 'You go to the sign-in page of your organisation, and come back here.',
    failed: 'Signing in did not work. Try again.',
    refused: 'You are not signed in: you broke it off, or you have no role here.',
  },
);

/** For portals of organisations: the ways to sign in that their server has. */
export function SignInPage({ onSignedIn }: { readonly onSignedIn: () => void }): ReactNode {
  const words = useText(text);
  const ways = useAnswer<{ readonly openId: boolean; readonly password: boolean }>('/sign-in-ways');
  const outcome = new URLSearchParams(location.search).get('sign-in');
  return (
    <>
      <Heading level={1}>{words.signIn}</Heading>
      {outcome === 'refused' && <Alert type="warning">{words.refused}</Alert>}
      {outcome === 'failed' && <Alert type="error">{words.failed}</Alert>}
      <Loaded answer={ways}>
        {({ openId, password }) => (
          <>
            {openId && (
              <>
                <Paragraph>{words.explained}</Paragraph>
                {/* Not a page of this portal: its server leads to the other site. */}
                <Paragraph>
                  <a className="utrecht-link utrecht-link--html-a" href="/api/sign-in">
                    {words.atOrganisation}
                  </a>
                </Paragraph>
              </>
            )}
            {password && <PasswordForm onSignedIn={onSignedIn} />}
          </>
        )}
      </Loaded>
    </>
  );
}
