import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { recall, remember } from './preferences.js';

export const languages = { nl: 'Nederlands', en: 'English' } as const;
export type Language = keyof typeof languages;

/** The words of one part of a portal in each language; the compiler sees that none is missing. */
export type Text<Words> = Readonly<Record<Language, Words>>;

export function defineText<Words>(nl: Words, en: Words): Text<Words> {
  return { nl, en };
}

interface LanguageChoice {
  readonly language: Language;
  readonly choose: (language: Language) => void;
}

const LanguageContext = createContext<LanguageChoice>({ language: 'nl', choose: () => {} });

function preferred(): Language {
  const remembered = recall('language');
  if (remembered === 'nl' || remembered === 'en') return remembered;
  return navigator.language.startsWith('en') ? 'en' : 'nl';
}

export function LanguageProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState(preferred);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = (chosen: Language): void => {
    remember('language', chosen);
    setLanguage(chosen);
  };
  return <LanguageContext value={{ language, choose }}>{children}</LanguageContext>;
}

export const useLanguage = (): LanguageChoice => useContext(LanguageContext);

export function useText<Words>(text: Text<Words>): Words {
  return text[useLanguage().language];
}

/** Dates and numbers as the reader writes them. A date keeps the precision it was given with. */
export function useFormats(): {
  readonly date: (fhirDate: string) => string;
  readonly number: (value: number) => string;
} {
  const locale = useLanguage().language === 'nl' ? 'nl-NL' : 'en-GB';
  return {
    date: (fhirDate) => formatDate(fhirDate, locale),
    number: (value) => value.toLocaleString(locale),
  };
}

/** A FHIR date or dateTime (`2026`, `2026-05`, `2026-05-01`, `2026-05-01T10:00:00+02:00`), no more precise than it is. */
export function formatDate(fhirDate: string, locale: string): string {
  const [, year, month, day, time] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(T.+)?$/.exec(fhirDate) ?? [];
  if (year === undefined) return fhirDate;
  if (time !== undefined) {
    const moment = new Date(fhirDate);
    if (Number.isNaN(moment.getTime())) return fhirDate;
    return moment.toLocaleString(locale, {
      dateStyle: 'medium',
      timeStyle: 'short',
      timeZone: 'Europe/Amsterdam',
    });
  }
  const options: Intl.DateTimeFormatOptions = {
    timeZone: 'UTC',
    year: 'numeric',
    ...(month === undefined ? {} : { month: 'short' }),
    ...(day === undefined ? {} : { day: 'numeric' }),
  };
  return new Date(`${year}-${month ?? '01'}-${day ?? '01'}T00:00:00Z`).toLocaleDateString(locale, options);
}
