export { freePortBase } from './free-port-base.js';
export { demoPeople, type DemoPerson } from './people.js';
export { MllpSender, type Acknowledgement } from './mllp-sender.js';
export { demoPassword } from './demo-password.js';
export { startDemoStaffLogin } from './staff.js';
export { demoTokens, urlOf, type Surroundings } from './surroundings.js';
export { awaitReady, awaitSettled, readStatus, type ServiceStatus } from './status.js';
export { spawnInstallation, type InstallationProcess } from './installation-process.js';
export * from './providers.js';
export { declareSource, enterInAddressBook, expectOk, giveConsents, holderUrl } from './connect-providers.js';
export { messageWithInvalidBsn } from './hospital-messages.js';
export { invalidResource } from './pharmacy-bundles.js';
export {
  startDemoCitizen,
  startDemoConsole,
  startDemoDeveloperPortal,
  startDemoResearchPortal,
  startDemoViewer,
  startGpServer,
  startNursingHome,
  startSurroundings,
  type RunningPart,
  type SurroundingsOptions,
} from './start-surroundings.js';
export {
  awaitGpPulled,
  connectProviders,
  feedProviders,
  runDemo,
  type DemoOptions,
  type DemoSummary,
} from './run-demo.js';
export { factsOf, viewerClient } from './query-view.js';
