import { DataList, Heading, Loaded, Table, useAnswer, useFormats, useText } from '@samenhang/portal-web';
import { useState, type ReactNode } from 'react';
import { FileButtons } from './file-buttons.js';
import { releaseText } from './release-text.js';

interface Manifest {
  readonly permit: { readonly id: string; readonly requester: string };
  readonly deIdentification: { readonly profile: string; readonly dates: string };
  readonly views: readonly string[];
  readonly files: readonly { readonly name: string; readonly sha256: string; readonly bytes: number }[];
  readonly madeAt: string;
  readonly releasedAt: string;
}

/** What a release is and where it comes from, once the reader asks for it. */
export function ReleaseDetails({ output }: { readonly output: string }): ReactNode {
  const words = useText(releaseText);
  const [isOpen, setIsOpen] = useState(false);
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{words.summary}</summary>
      {isOpen && <OpenedManifest output={output} />}
    </details>
  );
}

function OpenedManifest({ output }: { readonly output: string }): ReactNode {
  const words = useText(releaseText);
  const { date, number } = useFormats();
  const answer = useAnswer<Manifest>(`/outputs/${output}/manifest`);
  return (
    <Loaded answer={answer}>
      {({ permit, deIdentification, views, files, madeAt, releasedAt }) => (
        <div className="portal-stack">
          <Heading level={4}>{words.manifest}</Heading>
          <DataList
            items={[
              [words.permit, permit.id],
              [words.requester, permit.requester],
              [words.made, date(madeAt)],
              [words.released, date(releasedAt)],
              [words.profile, `${deIdentification.profile}, ${deIdentification.dates}`],
              [words.views, views.map((view) => view.slice(0, SHOWN_OF_HASH)).join(', ')],
            ]}
          />
          <Table
            caption={words.files}
            rows={files}
            keyOf={({ name }) => name}
            empty=""
            columns={[
              { header: words.file, cell: ({ name }) => name },
              { header: words.bytes, isNumber: true, cell: ({ bytes }) => number(bytes) },
              { header: 'SHA-256', cell: ({ sha256 }) => <code>{sha256}</code> },
            ]}
          />
          <FileButtons
            label={words.download}
            files={['manifest', 'signature', 'provenance'].map((name) => ({
              name: words.names[name as keyof typeof words.names],
              path: `/outputs/${output}/${name}`,
            }))}
          />
        </div>
      )}
    </Loaded>
  );
}

const SHOWN_OF_HASH = 16;
