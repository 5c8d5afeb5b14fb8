import { SamenhangFailure, type LogPeriod, type OwnChoice } from '@samenhang/client';

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** @throws Failure when the browser sent something else */
export function readPeriod({ from, until, language }: Readonly<Record<string, string>>): LogPeriod {
  if (from === undefined || until === undefined || !DATE.test(from) || !DATE.test(until) || from > until)
    throw new SamenhangFailure('invalid', 'Choose two dates, the first one first');
  return { from, until, language: language === 'en' ? 'en' : 'nl' };
}

/** The register judges the codes; here only its form is. @throws Failure when the browser sent something else */
export function readChoice(body: unknown): OwnChoice {
  const { holder, category, decision, requesterCategory } = (body ?? {}) as Record<string, unknown>;
  if (typeof holder !== 'string' || typeof category !== 'string')
    throw new SamenhangFailure('invalid', 'Choose a care provider and which data');
  if (decision !== 'permit' && decision !== 'deny')
    throw new SamenhangFailure('invalid', 'Choose whether you permit it');
  const isForAnyone = requesterCategory === undefined || requesterCategory === '';
  if (!isForAnyone && typeof requesterCategory !== 'string')
    throw new SamenhangFailure('invalid', 'Choose for whom');
  return { holder, category, decision, ...(isForAnyone ? {} : { requesterCategory }) };
}
