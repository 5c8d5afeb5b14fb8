/** Whose data, and why. */
export interface Question {
  readonly bsn: string;
  readonly purpose: 'TREAT' | 'BTG';
  readonly reason?: string;
}
