import type { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';
import type { AnomalySettings } from './find-anomalies.js';

export function anomalySettingsOf(configuration: PseudonymisationConfiguration): AnomalySettings {
  const [from = 0, until = 0] = configuration.anomalyOffHours.split('-').map(Number);
  return {
    factor: configuration.anomalyFactor,
    pointsPerMinuteFloor: configuration.anomalyPointsPerMinute,
    pointsPerHourFloor: configuration.anomalyPointsPerHour,
    offHoursPointsFloor: configuration.anomalyOffHoursPoints,
    refusedShare: configuration.anomalyRefusedShare,
    refusedRequestsFloor: configuration.anomalyRefusedRequests,
    offHours: [from, until],
    timeZone: configuration.anomalyTimeZone,
    learningHours: configuration.anomalyLearningHours,
  };
}
