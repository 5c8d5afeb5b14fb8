import { Alert, Heading, Paragraph, useAnswer, useText } from '@samenhang/portal-web';
import type { ReactNode } from 'react';
import type { CareProvider } from '../citizen.js';
import { text } from '../text.js';

/** A link, not a form: signing in happens at another site, which leads back here. */
export function SignInPage(): ReactNode {
  const words = useText(text);
  const { value: providers = [] } = useAnswer<CareProvider[]>('/care-providers');
  const outcome = new URLSearchParams(location.search).get('sign-in');
  return (
    <>
      <Heading level={1}>{words.signIn}</Heading>
      {outcome === 'refused' && <Alert type="warning">{words.refused}</Alert>}
      {outcome === 'failed' && <Alert type="error">{words.failed}</Alert>}
      <Paragraph>{words.signInExplained}</Paragraph>
      <Paragraph>{words.signInHow}</Paragraph>
      <Paragraph>{words.providers}:</Paragraph>
      <ul className="utrecht-unordered-list">
        {providers.map(({ ura, name }) => (
          <li key={ura}>{name}</li>
        ))}
      </ul>
      <Paragraph>{words.signInDemo}</Paragraph>
      <p className="utrecht-paragraph">
        <a className="utrecht-link utrecht-link--html-a" href="/api/sign-in">
          {words.signIn}
        </a>
      </p>
    </>
  );
}
