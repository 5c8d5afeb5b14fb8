import {
  Alert,
  Button,
  download,
  Heading,
  Paragraph,
  Table,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type ReactNode } from 'react';
import type { CareProvider } from '../citizen.js';
import { text } from '../text.js';
import { Unavailable } from './unavailable.js';

export function DownloadPage({
  careProviders,
}: {
  readonly careProviders: readonly CareProvider[];
}): ReactNode {
  const words = useText(text);
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<{ readonly problem: Problem; readonly path: string }>();
  const fetchFile = async (path: string): Promise<void> => {
    setFault(undefined);
    setBusy(true);
    try {
      await download(path);
    } catch (thrown) {
      setFault({ problem: thrown as Problem, path });
    }
    setBusy(false);
  };
  const button = (path: string, label: string, of: string): ReactNode => (
    <Button onClick={() => void fetchFile(path)}>
      {label}
      <span className="portal-visually-hidden">: {of}</span>
    </Button>
  );
  return (
    <>
      <Heading level={1}>{words.download}</Heading>
      <Paragraph>{words.downloadExplained}</Paragraph>
      {isBusy && <Alert>{words.downloading}</Alert>}
      {fault && <Unavailable problem={fault.problem} onAgain={() => void fetchFile(fault.path)} />}
      <Heading level={2}>{words.together}</Heading>
      <div className="portal-row">
        {button('/view/bundle', words.everything, words.together)}
        {button('/view/summary', words.summary, words.together)}
      </div>
      <Heading level={2}>{words.apart}</Heading>
      <Table
        caption={words.apart}
        rows={careProviders}
        keyOf={({ ura }) => ura}
        empty={words.noneHere}
        columns={[
          { header: words.provider, cell: ({ name }) => name },
          {
            header: words.everything,
            cell: ({ ura, name }) => button(`/records/${ura}/bundle`, words.everything, name),
          },
          {
            header: words.summary,
            cell: ({ ura, name }) => button(`/records/${ura}/summary`, words.summary, name),
          },
        ]}
      />
    </>
  );
}
