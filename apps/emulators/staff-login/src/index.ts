export { startStaffLogin, type StaffLoginOptions, type StaffMember } from './start-staff-login.js';
