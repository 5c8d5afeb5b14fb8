import { Button, download, ProblemAlert, type Problem } from '@samenhang/portal-web';
import { useState, type ReactNode } from 'react';

interface NamedFile {
  readonly name: string;
  readonly path: string;
}

/** A button for each file; what goes wrong is said below them. */
export function FileButtons({
  label,
  files,
}: {
  readonly label: string;
  readonly files: readonly NamedFile[];
}): ReactNode {
  const [problem, setProblem] = useState<Problem>();
  const fetchFile = async (path: string): Promise<void> => {
    setProblem(undefined);
    try {
      await download(path);
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  return (
    <>
      <div className="portal-row">
        {files.map(({ name, path }) => (
          <Button key={name} onClick={() => void fetchFile(path)}>
            {`${label}: ${name}`}
          </Button>
        ))}
      </div>
      {problem && <ProblemAlert problem={problem} />}
    </>
  );
}
