/** Version of OPA that the committed module was compiled with. */
export const opaVersion: string;
/** Path of OPA of that version, or undefined when it cannot be had. */
export function findOpa(options?: { install?: boolean }): string | undefined;
/** The compiled policies as the text of a JSON module. */
export function compilePolicies(opa: string): string;
/** Output of `opa test`. @throws when a test fails */
export function testPolicies(opa: string): string;
/** Whether the committed module is what the sources give. */
export function isUpToDate(opa: string): boolean;
