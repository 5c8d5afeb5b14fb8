import { InvalidViewError } from '../view-error.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws InvalidViewError */
export function objectOf(value: unknown, at: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidViewError('An object is expected', at);
  return value as JsonObject;
}

/** @throws InvalidViewError */
export function listOf(value: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new InvalidViewError('A list is expected', at);
  return value;
}

/** @throws InvalidViewError */
export function textOf(value: unknown, at: string): string {
  if (typeof value !== 'string' || value === '') throw new InvalidViewError('A text is expected', at);
  return value;
}

export function optionalText(value: unknown, at: string): string | undefined {
  return value === undefined ? undefined : textOf(value, at);
}
