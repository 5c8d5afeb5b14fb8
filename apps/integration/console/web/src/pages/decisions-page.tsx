import {
  Alert,
  Button,
  call,
  Checkbox,
  Heading,
  ProblemAlert,
  Select,
  TextField,
  useText,
  type Problem,
} from '@samenhang/portal-web';
import { useState, type FormEvent, type ReactNode } from 'react';
import { decisionText } from './decision-text.js';

interface Answer {
  readonly decision: boolean;
  readonly context: { readonly reasons: readonly { readonly code: string; readonly text?: string }[] };
}

const roles = ['01.015', '01.010', '30.000', '17.000', '02.000'];
const facilities = ['Z3', 'V4', 'X3', 'A1', 'G6'];
const categories = [
  'Patient',
  'Condition',
  'AllergyIntolerance',
  'MedicationRequest',
  'Observation',
  'Encounter',
  'Procedure',
  'Immunization',
  'DocumentReference',
];

/** Asks the policies what they decide for somebody, and why: nothing of a patient is in the question. */
export function DecisionsPage(): ReactNode {
  const words = useText(decisionText);
  const [answer, setAnswer] = useState<Answer>();
  const [problem, setProblem] = useState<Problem>();
  const ask = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    setProblem(undefined);
    setAnswer(undefined);
    try {
      setAnswer(
        await call<Answer>('/decisions', {
          method: 'POST',
          body: questionOf(new FormData(event.currentTarget)),
        }),
      );
    } catch (thrown) {
      setProblem(thrown as Problem);
    }
  };
  return (
    <>
      <Heading level={1}>{words.title}</Heading>
      <form className="portal-stack" onSubmit={(event) => void ask(event)}>
        <div className="portal-row">
          <Choice label={words.action} name="action" values={['search-type', 'read', 'view', 'localise']} />
          <Choice label={words.category} name="category" values={categories} />
          <Choice label={words.role} name="role" values={roles} />
          <Choice label={words.purpose} name="purpose" values={['TREAT', 'ETREAT', 'BTG', 'HRESCH']} />
        </div>
        <div className="portal-row">
          <TextField label={words.requester} name="requester" defaultValue="11111111" maxLength={8} />
          <Choice label={words.requesterType} name="requesterType" values={facilities} />
          <TextField label={words.holder} name="holder" defaultValue="22222222" maxLength={8} />
          <Choice label={words.holderType} name="holderType" values={['V4', ...facilities]} />
        </div>
        <Checkbox label={words.relation} name="relation" defaultChecked />
        <Checkbox label={words.sameCitizen} name="matches" defaultChecked />
        <Button type="submit" appearance="primary">
          {words.decide}
        </Button>
      </form>
      {problem && <ProblemAlert problem={problem} />}
      {answer && (
        <Alert
          type={answer.decision ? 'ok' : 'warning'}
          title={answer.decision ? words.allowed : words.refused}
        >
          <ul>
            {answer.context.reasons.map(({ code, text }) => (
              <li key={code}>{text === undefined ? code : `${code}: ${text}`}</li>
            ))}
          </ul>
        </Alert>
      )}
    </>
  );
}

function Choice({
  label,
  name,
  values,
}: {
  readonly label: string;
  readonly name: string;
  readonly values: readonly string[];
}): ReactNode {
  return (
    <Select label={label} name={name}>
      {[...new Set(values)].map((value) => (
        <option key={value}>{value}</option>
      ))}
    </Select>
  );
}

/** An evaluation of the AuthZEN Authorization API 1.0. */
function questionOf(form: FormData): object {
  const value = (name: string): string => String(form.get(name) ?? '');
  const action = value('action');
  return {
    subject: {
      type: 'user',
      id: '000000000',
      properties: {
        client_id: 'console',
        scope: action === 'view' ? 'view:read' : action === 'localise' ? 'nvi:localize' : 'holder:read',
        organization_ura: value('requester'),
        organization_facility_type: value('requesterType'),
        user_role: value('role'),
        purpose_of_use: value('purpose'),
        ...(form.has('relation') ? { treatment_relation: 'asserted' } : {}),
      },
    },
    action: { name: action },
    resource: {
      type: 'data-category',
      id: value('category'),
      properties: {
        data_holder_organization_id: value('holder'),
        data_holder_facility_type: value('holderType'),
      },
    },
    ...(form.has('matches') ? {} : { context: { patient_matches: false } }),
  };
}
