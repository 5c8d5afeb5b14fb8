import { Button, Heading, Select, Table, TextArea, TextField, useText } from '@samenhang/portal-web';
import { useRef, type FormEvent, type ReactNode } from 'react';
import type { TableTest } from './table-set.js';
import { tablesText } from './tables-text.js';

const formats = ['hl7v2', 'fhir-r4', 'fhir-stu3', 'cda'] as const;

/** Tests that a set must pass: a message, and what stands in what it becomes. */
export function TestsEditor({
  tests,
  onChange,
}: {
  readonly tests: readonly TableTest[];
  readonly onChange: (tests: readonly TableTest[]) => void;
}): ReactNode {
  const words = useText(tablesText);
  const form = useRef<HTMLFormElement>(null);
  const add = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onChange([...tests, testOf(new FormData(event.currentTarget))]);
    form.current?.reset();
  };
  return (
    <>
      <Heading level={2}>{words.tests}</Heading>
      <Table
        caption={words.tests}
        rows={tests.map((test, at) => ({ ...test, at }))}
        keyOf={({ at, name }) => `${String(at)} ${name}`}
        empty={words.noTests}
        columns={[
          { header: words.testName, cell: ({ name }) => name },
          { header: words.testFormat, cell: ({ format }) => format },
          {
            header: words.drop,
            cell: ({ at, name }) => (
              <Button
                aria-label={`${words.drop} ${name}`}
                onClick={() => onChange(tests.filter((_test, index) => index !== at))}
              >
                {words.drop}
              </Button>
            ),
          },
        ]}
      />
      <form className="portal-card portal-stack" onSubmit={add} ref={form}>
        <Heading level={3}>{words.addTest}</Heading>
        <TextField label={words.testName} name="name" required />
        <Select label={words.testFormat} name="format">
          {formats.map((format) => (
            <option key={format}>{format}</option>
          ))}
        </Select>
        <TextArea label={words.testMessage} name="message" required />
        <TextField label={words.testResource} name="resourceType" required />
        <TextField label={words.testPath} description={words.testPathHint} name="path" required />
        <TextField label={words.testValue} name="value" required />
        <Button type="submit">{words.addTest}</Button>
      </form>
    </>
  );
}

function testOf(form: FormData): TableTest {
  const text = (name: string): string => String(form.get(name));
  return {
    name: text('name'),
    format: text('format'),
    message: text('message'),
    expect: [{ resourceType: text('resourceType'), path: text('path'), value: valueOf(text('value')) }],
  };
}

/** Numbers and true or false as FHIR has them; everything else is a text. */
function valueOf(text: string): unknown {
  return /^(?:-?\d+(?:\.\d+)?|true|false)$/.test(text) ? (JSON.parse(text) as unknown) : text;
}
