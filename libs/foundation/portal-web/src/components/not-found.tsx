import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { defineText, useText } from '../text.js';
import { Heading, Paragraph } from './content.js';

const text = defineText(
  {
    title: 'Pagina niet gevonden',
    explained: 'Op dit adres staat niets, of het is niet voor u.',
    home: 'Naar de eerste pagina',
  },
  {
    title: 'Page not found',
    explained: 'There is nothing at this address, or it is not for you.',
    home: 'To the first page',
  },
);

/** For an address within the portal that it does not have. */
export function NotFoundPage(): ReactNode {
  const words = useText(text);
  return (
    <>
      <Heading level={1}>{words.title}</Heading>
      <Paragraph>{words.explained}</Paragraph>
      <Paragraph>
        <Link className="utrecht-link utrecht-link--html-a" href="/">
          {words.home}
        </Link>
      </Paragraph>
    </>
  );
}
