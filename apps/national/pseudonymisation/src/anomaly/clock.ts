/** The time of day as the service sees it. */
export type Clock = () => Date;

export const CLOCK = Symbol('Clock');
