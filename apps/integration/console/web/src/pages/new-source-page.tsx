import {
  Alert,
  Button,
  call,
  Heading,
  ProblemAlert,
  Select,
  TextField,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type FormEvent, type ReactNode } from 'react';
import { text } from '../text.js';
import { ConnectionTest } from './connection-test.js';

type Kind = 'hl7v2-mllp' | 'fhir-pull' | 'fhir-push';

/** Declares a source step by step: what it is, whether that is right, connect, test. */
export function NewSourcePage({ organisation }: { readonly organisation: string }): ReactNode {
  const words = useText(text);
  const [kind, setKind] = useState<Kind>('fhir-pull');
  const [state, setState] = useState<'idle' | 'checked' | 'saved'>('idle');
  const [id, setId] = useState('');
  const [problem, setProblem] = useState<Problem>();

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const { submitter } = event.nativeEvent as SubmitEvent;
    const isSaving = (submitter as HTMLButtonElement | null)?.value === 'save';
    const form = new FormData(event.currentTarget);
    const name = String(form.get('sourceId')).trim();
    setProblem(undefined);
    try {
      await call(`/sources/${encodeURIComponent(name || '-')}${isSaving ? '' : '/validate'}`, {
        method: isSaving ? 'PUT' : 'POST',
        body: declarationOf(kind, form),
      });
      setId(name);
      setState(isSaving ? 'saved' : 'checked');
    } catch (thrown) {
      setState('idle');
      setProblem(thrown as Problem);
    }
  };

  return (
    <>
      <Heading level={1}>{words.addSource}</Heading>
      <form className="portal-stack" onSubmit={(event) => void submit(event)} noValidate>
        <TextField label={words.sourceId} description={words.sourceIdHint} name="sourceId" />
        <TextField label={words.displayName} name="displayName" />
        <Select label={words.kind} value={kind} onChange={({ target }) => setKind(target.value as Kind)}>
          <option value="fhir-pull">FHIR R4, pull</option>
          <option value="fhir-push">FHIR R4, push</option>
          <option value="hl7v2-mllp">HL7 v2, MLLP</option>
        </Select>
        <TextField
          label={words.localSystem}
          description={words.localSystemHint}
          name="localIdentifierSystem"
          defaultValue={`https://${organisation}.example/patients`}
        />
        <TextField label={words.timeZone} name="timeZone" defaultValue="Europe/Amsterdam" />
        {kind === 'fhir-pull' && (
          <>
            <TextField label={words.baseUrl} name="baseUrl" type="url" />
            <TextField
              label={words.resourceTypes}
              name="resourceTypes"
              defaultValue="Patient, Condition, AllergyIntolerance"
            />
            <TextField label={words.interval} name="intervalSeconds" inputMode="numeric" defaultValue="60" />
          </>
        )}
        {kind === 'hl7v2-mllp' && <TextField label={words.port} name="port" inputMode="numeric" />}
        <div className="portal-row">
          <Button type="submit" value="check">
            {words.check}
          </Button>
          <Button type="submit" value="save" appearance="primary">
            {words.save}
          </Button>
        </div>
      </form>
      {problem && <ProblemAlert problem={problem} />}
      {state === 'checked' && <Alert type="ok">{words.checked}</Alert>}
      {state === 'saved' && (
        <>
          <Alert type="ok">{words.saved}</Alert>
          <ConnectionTest id={id} />
        </>
      )}
    </>
  );
}

/** The declaration that the fields make; whether it is right, ingest says. */
function declarationOf(kind: Kind, form: FormData): object {
  const value = (name: string): string => String(form.get(name) ?? '').trim();
  const common = {
    kind,
    displayName: value('displayName'),
    settings: {
      localIdentifierSystem: value('localIdentifierSystem'),
      timeZone: value('timeZone'),
      defaultCharset: 'UTF-8',
    },
  };
  if (kind === 'hl7v2-mllp') return { ...common, mllp: { port: Number(value('port')) } };
  if (kind === 'fhir-push') return common;
  return {
    ...common,
    pull: {
      baseUrl: value('baseUrl'),
      resourceTypes: value('resourceTypes')
        .split(/[\s,]+/)
        .filter(Boolean),
      intervalSeconds: Number(value('intervalSeconds')),
    },
  };
}
