/** A view definition, or a path in it, that cannot be run. `at` is where it stands: a FHIRPath into the definition. */
export class InvalidViewError extends Error {
  constructor(
    text: string,
    readonly at: string,
  ) {
    super(text);
    this.name = 'InvalidViewError';
  }
}

/** A resource gave a view something it cannot hold, as two values for one cell. Names the column, never the value. */
export class ViewRunError extends Error {
  constructor(text: string) {
    super(text);
    this.name = 'ViewRunError';
  }
}
