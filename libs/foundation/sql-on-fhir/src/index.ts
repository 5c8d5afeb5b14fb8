export { InvalidViewError, ViewRunError } from './view-error.js';
export { planView } from './view/plan-view.js';
export type { ColumnPlan, ViewPlan } from './view/view-plan.js';
export { compileView, type Row, type ViewRunner } from './closures/compile-view.js';
export { compileViewToSql, type SqlSource } from './sql/compile-view.js';
export { supportFunctions, supportFunctionsIn } from './sql/support.js';
