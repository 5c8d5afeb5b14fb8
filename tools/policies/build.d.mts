/** Version of OPA that the committed module was compiled with. */
export const opaVersion: string;
/** Path of OPA of that version, or undefined when it cannot be had. */
export function findOpa(options?: { install?: boolean }): string | undefined;
export function buildPolicies(opa: string, out?: string): void;
/** Output of `opa test`. @throws when a test fails */
export function testPolicies(opa: string): string;
export function findStaleProducts(opa: string): string[];
