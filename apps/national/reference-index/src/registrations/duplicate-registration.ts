import { Failure } from '@samenhang/errors';

/** The registration is there already: 409, unless the request was conditional. */
export class DuplicateRegistration extends Failure {
  constructor() {
    const text = 'This registration exists already';
    super('conflict', text, { issues: [{ code: 'duplicate', text }] });
    this.name = 'DuplicateRegistration';
  }
}
