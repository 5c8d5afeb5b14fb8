/** A presentation or credential that cannot be accepted. Says which rule failed, never whom it is about. */
export class PresentationError extends Error {
  constructor(rule: string, options?: ErrorOptions) {
    super(`the presentation is not accepted: ${rule}`, options);
    this.name = 'PresentationError';
  }
}
