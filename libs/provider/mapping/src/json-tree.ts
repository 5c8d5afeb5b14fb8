export {
  codingsOf,
  copyTree,
  hasCode,
  isTree,
  renameProperty,
  takeExtension,
  textOf,
  treeOf,
  treesOf,
  type Tree,
} from '@samenhang/fhir-r4';
