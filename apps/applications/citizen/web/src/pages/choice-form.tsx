import { Button, Select, useText } from '@samenhang/portal-web';
import type { FormEvent, ReactNode } from 'react';
import type { CareProvider } from '../citizen.js';
import { text } from '../text.js';

export function ChoiceForm({
  careProviders,
  onChoose,
}: {
  readonly careProviders: readonly CareProvider[];
  readonly onChoose: (choice: object) => void;
}): ReactNode {
  const words = useText(text);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onChoose(Object.fromEntries(new FormData(event.currentTarget)));
  };
  return (
    <form className="portal-stack" onSubmit={submit}>
      <div className="portal-row">
        <Select label={words.holder} name="holder">
          {careProviders.map(({ ura, name }) => (
            <option key={ura} value={ura}>
              {name}
            </option>
          ))}
        </Select>
        <Select label={words.category} name="category">
          <Options of={words.categories} />
        </Select>
        <Select label={words.requester} name="requesterCategory">
          <option value="">{words.anyone}</option>
          <Options of={words.requesters} />
        </Select>
        <Select label={words.decision} name="decision">
          <option value="permit">{words.permit}</option>
          <option value="deny">{words.deny}</option>
        </Select>
      </div>
      <Button type="submit" appearance="primary">
        {words.save}
      </Button>
    </form>
  );
}

function Options({ of }: { readonly of: Readonly<Record<string, string>> }): ReactNode {
  return Object.entries(of).map(([code, label]) => (
    <option key={code} value={code}>
      {label}
    </option>
  ));
}
