/** How counts are protected. The figures may be public: only the key of a permit is secret. */
export interface CountingPolicy {
  /** No answer ever stands for fewer persons. */
  readonly minimumCell: number;
  /** Where answers stop lies at this size on average, never below `minimumCell`, and differs per question. */
  readonly typicalThreshold: number;
  readonly thresholdDeviation: number;
  /** Standard deviation of what is added to a count: at least `noise`, and `relativeNoise` of a large count. */
  readonly noise: number;
  readonly relativeNoise: number;
  readonly roundTo: number;
  readonly maximumConditions: number;
  /** Different questions over the whole life of a permit, answered or not. */
  readonly maximumQuestions: number;
}

export const defaultCountingPolicy: CountingPolicy = {
  minimumCell: 10,
  typicalThreshold: 20,
  thresholdDeviation: 2.5,
  noise: 2,
  relativeNoise: 0.01,
  roundTo: 5,
  maximumConditions: 3,
  maximumQuestions: 100,
};
