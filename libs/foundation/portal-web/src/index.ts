export { call, download, openSession, Problem, stream, type CallOptions } from './api.js';
export * from './components/content.js';
export * from './components/controls.js';
export { Dialog } from './components/dialog.js';
export { LineChart, type LineChartProps, type Point } from './components/line-chart.js';
export { LiveStatus } from './components/live-status.js';
export { Loaded } from './components/loaded.js';
export { NotFoundPage } from './components/not-found.js';
export { Tip } from './components/tip.js';
export { SignInPage } from './components/sign-in-page.js';
export { VirtualList } from './components/virtual-list.js';
export { Shell, type Page } from './shell.js';
export { start } from './start.js';
export {
  defineText,
  formatDate,
  useFormats,
  useLanguage,
  useText,
  type Language,
  type Text,
} from './text.js';
export { useAnswer, type Answer } from './use-answer.js';
export { useSession, type SessionState } from './use-session.js';
export { Link, Redirect, Route, Switch, useLocation } from 'wouter';
