import {
  Alert,
  Badge,
  Button,
  Heading,
  LiveStatus,
  Paragraph,
  useFormats,
  useLanguage,
  useText,
  VirtualList,
} from '@samenhang/portal-web';
import { useId, type ReactNode } from 'react';
import type { CareProvider } from '../citizen.js';
import { text } from '../text.js';
import { linesThatFit, type LogFilter, type LogLine } from './log-lines.js';
import { Unavailable } from './unavailable.js';
import { useLog } from './use-log.js';

/** Who looked at one care provider, newest first; what came before is asked for. */
export function ProviderLog({
  provider,
  filter,
  from,
  until,
}: {
  readonly provider: CareProvider;
  readonly filter: LogFilter;
  readonly from: string;
  readonly until: string;
}): ReactNode {
  const words = useText(text);
  const { number } = useFormats();
  const id = useId();
  const { language } = useLanguage();
  const query = new URLSearchParams({ from, until, language });
  const { lines, isIntact, isLoading, problem, more, reload } = useLog(
    `/access-log/${provider.ura}?${query.toString()}`,
  );
  const fitting = linesThatFit(lines, filter);
  const isFiltered = filter.only !== 'all' || filter.words.trim() !== '';
  return (
    <section aria-labelledby={id} className="portal-stack">
      <Heading level={2} id={id}>
        {provider.name}
      </Heading>
      {!isIntact && <Alert type="error">{words.notIntact}</Alert>}
      <LiveStatus isShown>
        {isFiltered &&
          lines.length > 0 &&
          `${number(fitting.length)} ${words.ofThese} ${number(lines.length)} ${words.lines}`}
      </LiveStatus>
      {!isLoading && problem === undefined && lines.length === 0 && <Paragraph>{words.noLog}</Paragraph>}
      {lines.length > 0 && fitting.length === 0 && <Paragraph>{words.noneFits}</Paragraph>}
      {fitting.length > 0 && <Lines lines={fitting} label={`${words.log} ${provider.name}`} />}
      {isLoading && (
        <div data-loading="">
          <Alert>{words.loading}</Alert>
        </div>
      )}
      {problem && <Unavailable problem={problem} onAgain={reload} />}
      {more && !isLoading && (
        <Button onClick={more}>
          {words.moreLog}
          <span className="portal-visually-hidden">: {provider.name}</span>
        </Button>
      )}
    </section>
  );
}

function Lines({ lines, label }: { readonly lines: readonly LogLine[]; readonly label: string }): ReactNode {
  const words = useText(text);
  const { date } = useFormats();
  const numbered = lines.map((line, at) => ({ ...line, at }));
  return (
    <VirtualList label={label} items={numbered} keyOf={({ at, when }) => `${at} ${when}`}>
      {({ when, text: said, emergency, outcome }) => (
        <>
          <div>
            <time dateTime={when}>{date(when)}</time>{' '}
            {emergency && <Badge tone="warning">{words.emergencyBadge}</Badge>}{' '}
            {outcome === 'denied' && <Badge tone="negative">{words.refusedBadge}</Badge>}
          </div>
          <div>{said}</div>
        </>
      )}
    </VirtualList>
  );
}
