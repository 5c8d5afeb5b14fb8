export { startViewer, type RunningViewer, type ViewerOptions } from './start-viewer.js';
