import { Button, Select, TextArea, TextField, useText } from '@samenhang/portal-web';
import { useState, type FormEvent, type ReactNode } from 'react';
import { text } from '../text.js';
import type { Question } from './question.js';

/** Asks whose data is to be shown, and why; an emergency with its reason. */
export function QuestionForm({ onAsk }: { readonly onAsk: (question: Question) => void }): ReactNode {
  const words = useText(text);
  const [purpose, setPurpose] = useState<Question['purpose']>('TREAT');
  const [wrong, setWrong] = useState<{ readonly bsn?: string; readonly reason?: string }>({});
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const bsn = String(form.get('bsn')).trim();
    const reason = String(form.get('reason') ?? '').trim();
    const faults = {
      ...(/^\d{9}$/.test(bsn) ? {} : { bsn: words.bsnWrong }),
      ...(purpose === 'TREAT' || reason.length >= 10 ? {} : { reason: words.reasonWrong }),
    };
    setWrong(faults);
    if (Object.keys(faults).length === 0) onAsk({ bsn, purpose, ...(purpose === 'BTG' ? { reason } : {}) });
  };
  return (
    <form className="portal-stack" onSubmit={submit} autoComplete="off" noValidate>
      <div className="portal-row">
        <TextField
          label={words.bsn}
          description={words.bsnHint}
          error={wrong.bsn}
          name="bsn"
          inputMode="numeric"
          maxLength={9}
        />
        <Select
          label={words.purpose}
          value={purpose}
          onChange={({ target }) => setPurpose(target.value as Question['purpose'])}
        >
          <option value="TREAT">{words.treatment}</option>
          <option value="BTG">{words.emergency}</option>
        </Select>
      </div>
      {purpose === 'BTG' && (
        <TextArea
          label={words.reason}
          description={words.reasonHint}
          error={wrong.reason}
          name="reason"
          maxLength={500}
        />
      )}
      <Button type="submit" appearance="primary">
        {words.show}
      </Button>
    </form>
  );
}
