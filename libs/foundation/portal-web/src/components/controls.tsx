import {
  useId,
  type ButtonHTMLAttributes,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly appearance?: 'primary' | 'secondary' | 'subtle';
}

export function Button({
  appearance = 'secondary',
  type = 'button',
  className = '',
  ...rest
}: ButtonProps): ReactNode {
  return (
    <button
      type={type}
      className={`utrecht-button utrecht-button--${appearance}-action ${className}`}
      {...rest}
    />
  );
}

interface FieldProps {
  readonly label: string;
  readonly description?: string | undefined;
  /** What is wrong with it; said where the field is read. */
  readonly error?: string | undefined;
}

interface FieldIds {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

function Field({
  label,
  description,
  error,
  children,
}: FieldProps & { readonly children: (ids: FieldIds) => ReactNode }): ReactNode {
  const id = useId();
  const described = [description && `${id}-description`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className="utrecht-form-field portal-form-field">
      <label className="utrecht-form-label" htmlFor={id}>
        {label}
      </label>
      {description && (
        <div className="portal-form-field__description" id={`${id}-description`}>
          {description}
        </div>
      )}
      {error && (
        <div className="portal-form-field__error" id={`${id}-error`} role="alert">
          {error}
        </div>
      )}
      {children({
        id,
        'aria-describedby': described === '' ? undefined : described,
        'aria-invalid': error === undefined ? undefined : true,
      })}
    </div>
  );
}

export function TextField({
  label,
  description,
  error,
  ...rest
}: FieldProps & InputHTMLAttributes<HTMLInputElement>): ReactNode {
  return (
    <Field label={label} description={description} error={error}>
      {(ids) => (
        <input className="utrecht-textbox utrecht-textbox--html-input" type="text" {...rest} {...ids} />
      )}
    </Field>
  );
}

export function TextArea({
  label,
  description,
  error,
  ...rest
}: FieldProps & TextareaHTMLAttributes<HTMLTextAreaElement>): ReactNode {
  return (
    <Field label={label} description={description} error={error}>
      {(ids) => (
        <textarea className="utrecht-textarea utrecht-textarea--html-textarea" rows={4} {...rest} {...ids} />
      )}
    </Field>
  );
}

export function Select({
  label,
  description,
  error,
  children,
  ...rest
}: FieldProps & SelectHTMLAttributes<HTMLSelectElement>): ReactNode {
  return (
    <Field label={label} description={description} error={error}>
      {(ids) => (
        <select className="utrecht-select utrecht-select--html-select" {...rest} {...ids}>
          {children}
        </select>
      )}
    </Field>
  );
}

export function Checkbox({
  label,
  ...rest
}: { readonly label: string } & InputHTMLAttributes<HTMLInputElement>): ReactNode {
  const id = useId();
  return (
    <div>
      <input type="checkbox" className="utrecht-checkbox utrecht-checkbox--html-input" id={id} {...rest} />{' '}
      <label className="utrecht-form-label utrecht-form-label--checkbox" htmlFor={id}>
        {label}
      </label>
    </div>
  );
}

/** Fields that belong together, under a name that is read with each. */
export function Fieldset({
  legend,
  children,
}: {
  readonly legend: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <fieldset className="portal-card portal-stack">
      <legend className="utrecht-form-label">{legend}</legend>
      {children}
    </fieldset>
  );
}
