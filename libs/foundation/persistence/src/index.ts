export {
  createDataSource,
  withClient,
  type DataSourceSettings,
  type EntityClass,
  type MigrationClass,
} from './data-source.js';
export {
  inTransaction,
  inTransactionUnder,
  rowsOf,
  statementByStatement,
  type ClosingTransaction,
  type ManagedTransaction,
} from './transaction.js';
export { provisionServiceRoles, type ServiceRole } from './service-roles.js';
export { seal, unseal, type Sealed } from './sealed.js';
export { GroupCommit, type GroupPolicy } from './group-commit.js';
