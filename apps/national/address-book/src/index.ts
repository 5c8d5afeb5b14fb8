export { addressBookService } from './address-book.service-definition.js';
