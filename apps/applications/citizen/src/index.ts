export { startCitizen, type CitizenOptions, type RunningCitizen } from './start-citizen.js';
