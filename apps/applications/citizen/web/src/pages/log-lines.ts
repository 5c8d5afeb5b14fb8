/** A line of a log, as the audit service tells it. */
export interface LogLine {
  readonly when: string;
  readonly text: string;
  readonly emergency: boolean;
  readonly intact: boolean;
  readonly outcome: 'granted' | 'denied' | 'failed';
  readonly who: { readonly organisation?: string };
}

export const logFilters = ['all', 'others', 'emergency', 'refused'] as const;

export interface LogFilter {
  readonly only: (typeof logFilters)[number];
  readonly words: string;
}

/** Lines that fit. Somebody else acts for an organisation; who looks at their own data does not. */
export function linesThatFit(lines: readonly LogLine[], { only, words }: LogFilter): readonly LogLine[] {
  const wanted = words.trim().toLowerCase();
  const fits: Readonly<Record<LogFilter['only'], (line: LogLine) => boolean>> = {
    all: () => true,
    others: ({ who }) => who.organisation !== undefined,
    emergency: ({ emergency }) => emergency,
    refused: ({ outcome }) => outcome === 'denied',
  };
  return lines.filter((line) => fits[only](line) && line.text.toLowerCase().includes(wanted));
}
